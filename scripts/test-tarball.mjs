// Packs @tierbook/core, installs it into an empty TypeScript project as a stranger would, type-checks and runs the README's
// example there against a running sync server.
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './run-command.mjs'
import { startServer } from './test-server.mjs'

const coreFolder = join(root, 'packages/core')
const { peerDependencies, devDependencies } = readJson(join(coreFolder, 'package.json'))
const { devDependencies: tools } = readJson(join(root, 'package.json'))
const libraries = new Map([
  ['plain', ['ES2023']],
  ['dom', ['ES2023', 'DOM']],
])
const exampleWithinMs = 60_000
const project = mkdtempSync(join(tmpdir(), 'tierbook-tarball-'))

try {
  const tarball = pack()
  checkContents(tarball)
  writeProject()
  npm(
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    tarball,
    `yjs@${devDependencies.yjs}`,
    `typescript@${tools.typescript}`,
    `@types/node@${tools['@types/node']}`,
  )
  typeCheck()
  await runExample()
  console.log('The tarball installs, type-checks and runs elsewhere.')
} finally {
  rmSync(project, { recursive: true, force: true })
}

function pack() {
  npmIn(coreFolder, 'pack', '--silent', '--pack-destination', project)
  const name = readdirSync(project).find((file) => file.endsWith('.tgz'))
  if (!name) throw new Error(`npm pack left no .tgz in ${project}`)
  return join(project, name)
}

/** @param {string} tarball */
function checkContents(tarball) {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  for (const file of [
    'package/LICENSE',
    'package/README.md',
    'package/SPEC.md',
    'package/dist/index.js',
    'package/dist/index.d.ts',
  ]) {
    if (!files.includes(file)) throw new Error(`the tarball lacks ${file}`)
  }
  const stray = files.filter((file) => /\.test\.|\/src\/|\/test\//.test(file))
  if (stray.length > 0) throw new Error(`the tarball holds files that are not for users: ${stray.join(', ')}`)
  if (!peerDependencies.yjs) throw new Error('yjs must stay a peer dependency: two copies of it break each other')
}

function writeProject() {
  write('package.json', JSON.stringify({ name: 'a-strangers-project', private: true, type: 'module' }))
  write('example.ts', readmeExample())
  for (const [name, lib] of libraries) {
    const compilerOptions = {
      target: 'ES2023',
      lib,
      module: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    }
    write(`tsconfig.${name}.json`, JSON.stringify({ compilerOptions, files: ['example.ts'] }))
  }
}

/** The code of the fence that the README marks as its example: ```ts example */
function readmeExample() {
  const readme = readFileSync(join(coreFolder, 'README.md'), 'utf8')
  const code = /^```ts example\n([\s\S]*?)^```$/m.exec(readme)?.[1]
  if (!code) throw new Error('packages/core/README.md has no fence marked ```ts example')
  return code
}

/** Declarations are checked, too. Those of Yjs name types of the DOM, so without it their errors are not ours; any other error is. */
function typeCheck() {
  for (const name of libraries.keys()) {
    const options = { cwd: project, encoding: /** @type {const} */ ('utf8') }
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${name}.json`],
      options,
    )
    const errors = stdout.split('\n').filter((line) => / error TS\d+: /.test(line))
    const ours = errors.filter((line) => name === 'dom' || !line.startsWith('node_modules/yjs/'))
    if (status !== 0 && errors.length === 0) throw new Error(`tsc ended with ${status}: ${stdout}${stderr}`)
    if (ours.length > 0) throw new Error(`types, library ${name}:\n${ours.join('\n')}`)
  }
}

async function runExample() {
  const server = await startServer()
  try {
    const [book, actor, device] = [createId(), createId(), createId()]
    const env = {
      ...process.env,
      TIERBOOK_URL: `${server.url.replace('http', 'ws')}/sync`,
      TIERBOOK_BOOK: book,
      TIERBOOK_ACTOR: actor,
      TIERBOOK_DEVICE: device,
      TIERBOOK_TOKEN: await server.join({ book, actor, device }),
    }
    const options = { cwd: project, env, encoding: /** @type {const} */ ('utf8'), timeout: exampleWithinMs }
    console.log(execFileSync(process.execPath, ['example.ts'], options).trimEnd().replaceAll(/^/gm, '  | '))
  } finally {
    await server.close()
  }
}

/** An id as core makes them: 16 bytes as base64url. */
function createId() {
  return randomBytes(16).toString('base64url')
}

/** @param {string[]} args */
function npm(...args) {
  npmIn(project, ...args)
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function npmIn(cwd, ...args) {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  writeFileSync(join(project, file), text)
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
