// Builds the dances of this repository to dances/build.
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from './sdk/tool/build.mjs'

const dances = fileURLToPath(new URL('dances/', import.meta.url))
for (const name of await readdir(dances)) {
  if (name.endsWith('.ts')) await build(dances + name, `${dances}build`)
}
