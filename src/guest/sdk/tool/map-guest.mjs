#!/usr/bin/env node
// map-guest build SOURCE.ts ... [--out FOLDER]
//
// Compiles guests: a source and the manifest beside it, SOURCE.json, to FOLDER/SOURCE.wasm, which
// `map-daemon guest install` takes. The same source makes the same bytes, wherever it is built.
import { parseArgs } from 'node:util'
import { build, BuildError } from './build.mjs'

const USAGE = 'Usage: map-guest build SOURCE.ts ... [--out FOLDER]'

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } })
  const [verb, ...sources] = positionals
  if (verb !== 'build' || sources.length === 0) throw new BuildError(USAGE)
  for (const source of sources) {
    const { file, bytes } = await build(source, values.out)
    console.log(`${file}: ${bytes.toLocaleString('en')} bytes`)
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof BuildError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error
  console.error(error.message)
  process.exitCode = 1
}
