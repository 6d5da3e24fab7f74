// Converts every .wat file of a folder to a .wasm file beside it. Does not validate: that is for the engine under test.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import wabtFactory from 'wabt'

const wabt = await wabtFactory()
const [folder] = process.argv.slice(2)
for (const name of readdirSync(folder).filter((each) => each.endsWith('.wat'))) {
  try {
    const module = wabt.parseWat(name, readFileSync(join(folder, name), 'utf8'), {})
    module.resolveNames()
    writeFileSync(join(folder, name.replace(/wat$/, 'wasm')), module.toBinary({}).buffer)
    module.destroy()
  } catch (error) {
    console.error(`${name}: ${error.message}`)
    process.exitCode = 1
  }
}
