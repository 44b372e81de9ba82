// Packs @tierbook/core and @tierbook/billing, installs them into an empty TypeScript project as a stranger would, type-checks and runs
// the READMEs' examples there, core's against a running sync server.
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './run-command.mjs'
import { startServer } from './test-server.mjs'

const coreFolder = join(root, 'packages/core')
const billingFolder = join(root, 'packages/billing')
const { peerDependencies, devDependencies } = readJson(join(coreFolder, 'package.json'))
const { devDependencies: tools } = readJson(join(root, 'package.json'))
const libraries = new Map([
  ['plain', ['ES2023']],
  ['dom', ['ES2023', 'DOM']],
])
const exampleWithinMs = 60_000
const project = mkdtempSync(join(tmpdir(), 'tierbook-tarball-'))

try {
  const tarballs = [coreFolder, billingFolder].map(pack)
  tarballs.forEach(checkContents)
  if (!peerDependencies.yjs) throw new Error('yjs must stay a peer dependency: two copies of it break each other')
  writeProject()
  npm(
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...tarballs,
    `yjs@${devDependencies.yjs}`,
    `typescript@${tools.typescript}`,
    `@types/node@${tools['@types/node']}`,
  )
  typeCheck()
  await runExample()
  printExample('billing-example.ts', process.env)
  console.log('The tarballs install, type-check and run elsewhere.')
} finally {
  rmSync(project, { recursive: true, force: true })
}

/** @param {string} folder */
function pack(folder) {
  const before = readdirSync(project)
  npmIn(folder, 'pack', '--silent', '--pack-destination', project)
  const name = readdirSync(project).find((file) => file.endsWith('.tgz') && !before.includes(file))
  if (!name) throw new Error(`npm pack of ${folder} left no .tgz in ${project}`)
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
    if (!files.includes(file)) throw new Error(`${tarball} lacks ${file}`)
  }
  const stray = files.filter((file) => /\.test\.|\/src\/|\/test\//.test(file))
  if (stray.length > 0) throw new Error(`${tarball} holds files that are not for users: ${stray.join(', ')}`)
}

function writeProject() {
  write('package.json', JSON.stringify({ name: 'a-strangers-project', private: true, type: 'module' }))
  write('example.ts', readmeExample(coreFolder))
  write('billing-example.ts', readmeExample(billingFolder))
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
    write(`tsconfig.${name}.json`, JSON.stringify({ compilerOptions, files: ['example.ts', 'billing-example.ts'] }))
  }
}

/**
 * The code of the fence that a README marks as its example: ```ts example
 *
 * @param {string} folder
 */
function readmeExample(folder) {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const code = /^```ts example\n([\s\S]*?)^```$/m.exec(readme)?.[1]
  if (!code) throw new Error(`${folder}/README.md has no fence marked \`\`\`ts example`)
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
    printExample('example.ts', env)
  } finally {
    await server.close()
  }
}

/**
 * @param {string} file
 * @param {Record<string, string | undefined>} env
 */
function printExample(file, env) {
  const options = { cwd: project, env, encoding: /** @type {const} */ ('utf8'), timeout: exampleWithinMs }
  console.log(execFileSync(process.execPath, [file], options).trimEnd().replaceAll(/^/gm, '  | '))
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
