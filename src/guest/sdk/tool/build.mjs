// Compiles a guest with the SDK, and puts its manifest into it.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { BuildError } from './errors.mjs'
import { manifestOf } from './manifest.mjs'
import { withCustomSection } from './sections.mjs'

/** The custom section of the manifest. */
const SECTION = 'map.manifest'
/** Where sources import the SDK from. */
const PACKAGE = 'node_modules/@map/guest/'
const SDK = fileURLToPath(new URL('../assembly/', import.meta.url))

/**
 * Compiles a guest.
 *
 * @param source its path; the manifest is beside it
 * @param folder where the module goes; beside the source by default
 * @returns the file that was written, and its length in bytes
 */
export async function build(source, folder = dirname(source)) {
  if (!source.endsWith('.ts')) throw new BuildError(`${source} is no AssemblyScript source: its name does not end in .ts.`)
  const manifest = await readManifest(source.replace(/\.ts$/, '.json'))
  const file = join(folder, `${basename(source, '.ts')}.wasm`)
  await mkdir(folder, { recursive: true })
  return write(file, await compile(source), manifest)
}

/**
 * Puts a manifest into a module that some other compiler made.
 *
 * @param file the module, which is written anew
 * @param manifest the path of the manifest
 */
export async function addManifest(file, manifest) {
  return write(file, await read(file), await readManifest(manifest))
}

async function write(file, code, manifest) {
  const module = moduleOf(code, file)
  refuseForeignImports(module, file)
  if (WebAssembly.Module.customSections(module, SECTION).length > 0) throw new BuildError(`${file} has a manifest already.`)
  const bytes = withCustomSection(code, SECTION, JSON.stringify(manifest))
  await writeFile(file, bytes)
  return { file, bytes: bytes.length }
}

function moduleOf(code, file) {
  try {
    return new WebAssembly.Module(code)
  } catch (error) {
    throw new BuildError(`${file} is no WebAssembly module: ${error.message}`, { cause: error })
  }
}

async function readManifest(file) {
  return manifestOf(file, new TextDecoder().decode(await read(file)))
}

async function read(file) {
  try {
    return await readFile(file)
  } catch (error) {
    throw new BuildError(error.code === 'ENOENT' ? `${file} is missing.` : `${file} cannot be read: ${error.message}`, { cause: error })
  }
}

/** What stands in for `env.abort`. */
const ABORT = '~lib/@map/guest/text/abort'
// Names stay in the module, so that the backtrace of a trap tells them.
const OPTIONS = ['--outFile', 'guest.wasm', '-O2', '--debug', '--use', `abort=${ABORT}`, '--noColors']

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
  const messages = stderr.toString().trim()
  if (messages.includes(ABORT)) throw new BuildError(`${source} imports nothing from '@map/guest', without which no guest is built.`)
  if (error) throw new BuildError(`${source} does not compile.\n${messages}`, { cause: error })
  if (messages !== '') console.error(messages)
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

function refuseForeignImports(code, file) {
  for (const { module, name } of WebAssembly.Module.imports(code)) {
    if (module === 'map') continue
    throw new BuildError(`${file} needs ${module}.${name}, which the daemon does not have. ${NOT_HERE[name] ?? ''}`.trim())
  }
}
