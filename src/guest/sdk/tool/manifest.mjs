// What a guest says of itself: the file beside its source, as docs/guest-abi.md has it.
import { BuildError } from './errors.mjs'

/** The interface that modules of this SDK are built for. */
const ABI = 'map:guest/1'
const TEXTS = ['name', 'version', 'description']
const NUMBERS = ['fuel', 'memoryPages']
const CAPABILITIES = ['read', 'write', 'delete']

/**
 * Reads a manifest. The interface need not be stated in the file: the SDK knows it.
 *
 * @param file its path, for messages
 * @param text its text
 */
export function manifestOf(file, text) {
  const fail = (reason) => { throw new BuildError(`${file}: ${reason}`) }
  let given
  try {
    given = JSON.parse(text)
  } catch (error) {
    fail(error.message)
  }
  if (!isRecord(given)) fail('it is no object.')
  const { abi = ABI, ...rest } = given
  if (abi !== ABI) fail(`abi is ${JSON.stringify(abi)}; this SDK builds for ${ABI}.`)
  for (const [name, value] of Object.entries(rest)) checkMember(name, value, fail)
  if (!rest.name) fail('name is missing.')
  return { abi, ...rest }
}

function checkMember(name, value, fail) {
  if (TEXTS.includes(name)) {
    if (typeof value !== 'string') fail(`${name} is no string.`)
  } else if (NUMBERS.includes(name)) {
    if (!Number.isSafeInteger(value) || value <= 0) fail(`${name} is no positive whole number.`)
  } else if (name === 'capabilities') {
    if (!isRecord(value)) fail('capabilities is no object.')
    for (const [capability, types] of Object.entries(value)) {
      if (!CAPABILITIES.includes(capability)) fail(`there is no capability ${capability}, only ${CAPABILITIES.join(', ')}.`)
      if (!Array.isArray(types) || !types.every((type) => typeof type === 'string')) fail(`capabilities.${capability} is no list of keys of types.`)
    }
  } else {
    fail(`${name} is nothing that a manifest has.`)
  }
}

function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
