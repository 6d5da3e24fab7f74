#!/usr/bin/env node
// map-guest build SOURCE.ts ... [--out FOLDER]
//   Compiles guests: each source, and the manifest beside it, SOURCE.json, to FOLDER/SOURCE.wasm.
// map-guest manifest MODULE.wasm MANIFEST.json
//   Puts a manifest into a module that another compiler made.
//
// `map-daemon guest install` takes the modules. The same source makes the same bytes, wherever it is built.
import { parseArgs } from 'node:util'
import { addManifest, build } from './build.mjs'
import { BuildError } from './errors.mjs'

const USAGE = `Usage: map-guest build SOURCE.ts ... [--out FOLDER]
       map-guest manifest MODULE.wasm MANIFEST.json`

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } })
  const [verb, ...files] = positionals
  if (verb === 'build' && files.length > 0) for (const source of files) tell(await build(source, values.out))
  else if (verb === 'manifest' && files.length === 2) tell(await addManifest(files[0], files[1]))
  else throw new BuildError(USAGE)
}

function tell({ file, bytes }) {
  console.log(`${file}: ${bytes.toLocaleString('en')} bytes`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof BuildError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error
  console.error(error.message)
  process.exitCode = 1
}
