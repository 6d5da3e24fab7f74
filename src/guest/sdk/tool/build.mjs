// Compiles a guest with the SDK, and puts its manifest into it.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { readFileSync, existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { manifestOf } from './manifest.mjs'
import { withCustomSection } from './sections.mjs'

/** Where sources import the SDK from. */
const PACKAGE = 'node_modules/@map/guest/'
const SDK = fileURLToPath(new URL('../assembly/', import.meta.url))

/** What keeps a guest from being built, told for a person. */
export class BuildError extends Error {}

/**
 * Compiles a guest.
 *
 * @param source its path; the manifest is beside it
 * @param folder where the module goes; beside the source by default
 * @returns the file that was written, and its length in bytes
 */
export async function build(source, folder = dirname(source)) {
  if (!source.endsWith('.ts')) throw new BuildError(`${source} is no AssemblyScript source: its name does not end in .ts.`)
  const manifest = manifestOf(await read(source.replace(/\.ts$/, '.json'), 'The manifest of a guest stands beside its source.'))
  const code = await compile(source)
  refuseForeignImports(code, source)
  const module = withCustomSection(code, 'map.manifest', JSON.stringify(manifest))
  const file = join(folder, `${basename(source, '.ts')}.wasm`)
  await mkdir(folder, { recursive: true })
  await writeFile(file, module)
  return { file, bytes: module.length }
}

async function read(file, hint) {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (error) {
    throw new BuildError(`${file} cannot be read: ${error.message}. ${hint}`, { cause: error })
  }
}

// Names stay in the module, so that the backtrace of a trap tells them.
const OPTIONS = ['--outFile', 'guest.wasm', '-O2', '--debug', '--use', 'abort=~lib/@map/guest/text/abort', '--noColors']

async function compile(source) {
  const folder = resolve(dirname(source))
  const stdout = asc.createMemoryStream(), stderr = asc.createMemoryStream()
  let code
  const { error } = await asc.main([basename(source), ...OPTIONS, '--baseDir', folder], {
    stdout, stderr,
    readFile: (name) => readSource(name, folder),
    writeFile: (_, contents) => { code = contents },
    listFiles: () => [],
  })
  if (error) throw new BuildError(`${source} does not compile.\n${stderr.toString().trim()}`, { cause: error })
  return code
}

// The SDK is this one, whether the folder has a package of it or not.
function readSource(name, folder) {
  const path = name.replaceAll('\\', '/')
  const file = path.startsWith(PACKAGE) ? join(SDK, path.slice(PACKAGE.length)) : join(folder, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** What AssemblyScript imports from `env`, and why no guest has it. */
const NOT_HERE = {
  'Date.now': 'Guests have no clock. Take a moment from the request.',
  'seed': 'Guests have no randomness (Math.random).',
  'trace': 'Guests write to the daemon\'s log: log.debug(...).',
  'console.log': 'Guests write to the daemon\'s log: log.information(...).',
}

function refuseForeignImports(code, source) {
  for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(code))) {
    if (module === 'map') continue
    throw new BuildError(`${source} needs ${module}.${name}, which the daemon does not have. ${NOT_HERE[name] ?? ''}`.trim())
  }
}
