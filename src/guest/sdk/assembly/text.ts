import { respond_error } from './imports'

/** A text as imports take it: UTF-8, with its address and length. */
@final export class Text {
  private readonly bytes: ArrayBuffer

  constructor(text: string) {
    this.bytes = String.UTF8.encode(text)
  }

  get address(): usize {
    return changetype<usize>(this.bytes)
  }

  get length(): i32 {
    return this.bytes.byteLength
  }
}

/** How much of a message is told: in UTF-8 it stays below the 4,096 bytes that there may be, with a place. */
const LONGEST_MESSAGE = 1200

/** A message, cut off where it is too long to be told. */
export function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message
  // Not in the middle of a pair of surrogates.
  const end = LONGEST_MESSAGE - i32((message.charCodeAt(LONGEST_MESSAGE - 1) & 0xfc00) == 0xd800)
  return message.substring(0, end) + '...'
}

/**
 * What the compiler calls for `throw`, a failed `assert`, an index out of range and the like: the dance fails with the
 * message and the place. `env.abort`, which it would import otherwise, is nothing that the daemon has.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  // The compiler takes abort for an import, and does not keep its arguments from the collector.
  __pin(changetype<usize>(message))
  const place = file == null ? '' : ` (${file}:${line}:${column})`
  const code = new Text('ABORT')
  const text = new Text(shortened(message == null ? 'The guest gave up.' : message) + place)
  respond_error(code.address, code.length, text.address, text.length)
  unreachable()
}
