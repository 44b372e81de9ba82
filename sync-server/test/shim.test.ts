import { chmodSync, cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from './sample-process.ts'
import { sampleFolder } from './sample-server.ts'

const shim = fileURLToPath(new URL('../bin/tierbook.js', import.meta.url))
/** Makes the Node that runs a script look like an older one. */
const asNode20 = [
  '--import',
  'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "20.20.2" } })',
]

test('the command is committed as a program, so that npm links it in a fresh clone', () => {
  expect(statSync(shim).mode & 0o111).toBe(0o111)
})

test('before the build it says what to run', async () => {
  const command = runNode([samplePackage({ isBuilt: false }).bin, 'start'], {})
  expect(await command.ended).toBe(1)
  expect(command.stderr()).toBe(
    'Tierbook is not built here: run `npm run build` first (`npm start` builds by itself).\n',
  )
})

test('it hands its arguments to the built command and its exit code back', async () => {
  const command = runNode([samplePackage({ isBuilt: true }).bin, 'token', '--help'], {})
  expect(await command.ended).toBe(3)
  expect(command.stdout()).toBe(`${process.versions.node} token --help\n`)
})

test('started by an old Node it goes on under the one that the package `node` brought', async () => {
  const { bin, folder } = samplePackage({ isBuilt: true })
  addPinnedNode(folder, '24.21.0')
  const command = runNode([...asNode20, bin, 'token', '--help'], {})
  expect(await command.ended).toBe(3)
  expect(command.stdout()).toBe(`${process.versions.node} token --help\n`)
})

test('under that Node a signal still reaches the command', async () => {
  const { bin, folder } = samplePackage({ isBuilt: true })
  addPinnedNode(folder, '24.21.0')
  const command = runNode([...asNode20, bin, 'wait'], {})
  await command.printed(/(wait)/)
  command.child.kill('SIGTERM')
  expect(await command.ended).toBe(7)
})

test('started by an old Node without a newer one beside it, it says what it needs', async () => {
  const { bin, folder } = samplePackage({ isBuilt: true })
  addPinnedNode(folder, '22.1.0')
  const command = runNode([...asNode20, bin, 'start'], {})
  expect(await command.ended).toBe(1)
  expect(command.stderr()).toContain('needs Node 24 or newer, this is Node 20.20.2')
})

/** The command in a package of its own, with a built main that says how it was called. */
function samplePackage({ isBuilt }: { isBuilt: boolean }): { bin: string; folder: string } {
  const folder = sampleFolder()
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const bin = join(folder, 'bin/tierbook.js')
  cpSync(shim, bin)
  chmodSync(bin, 0o755)
  if (isBuilt) {
    writeFileSync(
      join(folder, 'dist/main.js'),
      `process.exitCode = 3
      if (process.argv[2] === 'wait') {
        const waiting = setInterval(() => {}, 1000)
        process.on('SIGTERM', () => { clearInterval(waiting); process.exitCode = 7 })
      }
      console.log(process.versions.node, ...process.argv.slice(2))`,
    )
  }
  return { bin, folder }
}

function addPinnedNode(folder: string, version: string): void {
  const bin = join(folder, 'node_modules/node/bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, '../package.json'), JSON.stringify({ version }))
  symlinkSync(process.execPath, join(bin, 'node'))
}
