// Custom sections of WebAssembly modules.

/** The module with a custom section after its last. */
export function withCustomSection(module, name, text) {
  const label = sized(new TextEncoder().encode(name))
  const content = new TextEncoder().encode(text)
  return new Uint8Array([...module, 0, ...sized([...label, ...content])])
}

function sized(bytes) {
  return [...unsigned(bytes.length), ...bytes]
}

/** An unsigned number as LEB128: seven bits in a byte, the lowest first. */
function unsigned(number) {
  const bytes = []
  for (; number > 0x7f; number >>>= 7) bytes.push(number & 0x7f | 0x80)
  return [...bytes, number]
}
