import { last_error } from './imports'

/** The results of imports that mean a failure, as docs/guest-abi.md has them. */
export namespace Code {
  export const BAD_HANDLE = -1
  export const BAD_ARGUMENT = -2
  export const NOT_FOUND = -3
  export const AMBIGUOUS = -4
  export const REFUSED = -5
  export const LIMIT = -6
}

let buffer = new ArrayBuffer(256)

/** Where imports put what they answer. The next answer overwrites it. */
export function outputAddress(): usize {
  return changetype<usize>(buffer)
}

/** How much fits there, in bytes. */
export function outputSize(): i32 {
  return buffer.byteLength
}

/** Whether an answer of this length is there; if not, the import is to be asked again, with the room that there is now. */
export function fits(length: i32): bool {
  if (length <= buffer.byteLength) return true
  buffer = new ArrayBuffer(length)
  return false
}

/** The answer as text. */
export function outputText(length: i32): string {
  return String.UTF8.decodeUnsafe(outputAddress(), length)
}

/** The answer, as a copy. */
export function outputBytes(length: i32): ArrayBuffer {
  return buffer.slice(0, length)
}

/**
 * The result of an import, if it is none that means a failure.
 *
 * @param result what it returned
 * @param what what was tried, for the message
 * @param about the name or key that it was about
 */
export function succeeded(result: i32, what: string, about: string = ''): i32 {
  if (result < 0) throw new Error(`${what}${about.length > 0 ? ` "${about}"` : ''}: ${reason(result)}`)
  return result
}

function reason(code: i32): string {
  switch (code) {
    case Code.BAD_HANDLE: return 'the holon or cursor was closed, or is of an earlier call.'
    case Code.BAD_ARGUMENT: return 'a name, a text or a value is not one that there can be.'
    case Code.NOT_FOUND: return 'there is none.'
    case Code.AMBIGUOUS: return 'there are several.'
    case Code.REFUSED: return refusal()
    case Code.LIMIT: return 'too many holons and cursors are open, or it is too long.'
    default: return `the daemon answered ${code}, which this SDK does not know.`
  }
}

function refusal(): string {
  let length: i32
  do length = last_error(outputAddress(), outputSize())
  while (!fits(length))
  return outputText(length)
}
