// `npm test`: installs what is missing, runs every check in turn, and says at the end how many passed.
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { provideChromium } from './chromium.mjs'
import { install } from './install.mjs'
import { withPrepareLock } from './prepare-lock.mjs'
import { runCommand } from './run-command.mjs'

/** 14 h ahead, and one with changing clocks; all tests run in UTC. */
const zones = ['Pacific/Kiritimati', 'America/New_York']

/** @typedef {{ name: string, what: string, needsBrowser?: boolean, run: (env: Record<string, string>) => Promise<number> }} Step */

/** What the step that runs has printed so far: where it fails, its last words are said again at the end. */
let said = ''

/**
 * In running order. Types and lint read the built declarations of @tierbook/core, so the build comes before them.
 *
 * @type {readonly Step[]}
 */
const steps = [
  { name: 'format', what: 'prettier', run: () => listenTo('prettier', ['--check', '--log-level=warn', '.']) },
  {
    name: 'lockfile',
    what: 'the lock is whole, versions are pinned',
    run: () => listenTo('node', ['scripts/check-lockfile.mjs']),
  },
  { name: 'build', what: 'packages, server and app', run: () => turbo('build') },
  { name: 'lint', what: 'eslint, import directions, unused files and exports', run: lint },
  {
    name: 'types',
    what: 'every workspace and the scripts',
    run: () => inTurn(['tsc', '-p', 'scripts'], ['turbo', ...turboArgs('check')]),
  },
  {
    name: 'unit',
    what: 'unit and integration tests, in UTC',
    needsBrowser: true,
    run: (env) => turbo('test', { ...env, TZ: 'UTC' }),
  },
  {
    name: 'zones',
    what: `what reads a date, in ${zones.join(', ')}`,
    needsBrowser: true,
    run: inEveryZone,
  },
  { name: 'postgres', what: 'several nodes over a real PostgreSQL', run: postgres },
  { name: 'browser', what: 'the real app and server in Chromium', needsBrowser: true, run: (env) => turbo('e2e', env) },
  {
    name: 'tarball',
    what: '@tierbook/core and @tierbook/billing packed, installed elsewhere and run',
    run: () => listenTo('node', ['scripts/test-tarball.mjs']),
  },
]

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => process.exit(code)) // an orderly exit gives the lock back and ends what runs
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    list: { type: 'boolean', default: false },
    'no-install': { type: 'boolean', default: false },
  },
})

if (options.list) {
  for (const { name, what } of steps) console.log(`${name.padEnd(10)}${what}`)
  process.exit(0)
}
const unknown = options.only?.find((name) => !steps.some((step) => step.name === name))
if (unknown !== undefined) {
  console.error(`--only ${unknown}: no such step. Steps are ${steps.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const chosen = steps.filter(({ name }) => options.only?.includes(name) ?? true)
if (!options['no-install']) await withPrepareLock(install)
const chromium = chosen.some(({ needsBrowser }) => needsBrowser)
  ? await provideChromium()
  : { problem: 'not looked for' }
const env = 'path' in chromium ? { CHROMIUM: chromium.path } : {}

const results = []
for (const { name, what, needsBrowser, run } of chosen) {
  console.log(`\n━━━ ${name}: ${what} ━━━`)
  if (needsBrowser && 'problem' in chromium) console.error(chromium.problem)
  const startedAt = performance.now()
  said = ''
  const code = name === 'browser' && 'problem' in chromium ? 1 : await run(env)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  results.push({ name, seconds, passed: code === 0, end: code === 0 ? [] : lastWords() })
  console.log(`━━━ ${name} ${code === 0 ? 'passed' : `FAILED (code ${code})`} in ${seconds} s ━━━`)
}

for (const { name, passed, end } of results)
  if (!passed) console.log([`\n━━━ what ${name} said ━━━`, ...end].join('\n'))

const failed = results.filter(({ passed }) => !passed).length
console.log()
for (const { name, seconds, passed } of results)
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name.padEnd(10)}${seconds.padStart(7)} s`)
console.log(`\n${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function lint() {
  const codes = [
    await listenTo('eslint', ['.', '--concurrency=2']),
    await listenTo('depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'apps', 'sync-server']),
    await listenTo('knip', []),
  ]
  return codes.find((code) => code !== 0) ?? 0
}

/** Left out only where that was asked for: a machine without PostgreSQL fails here, and is told what to install. */
async function postgres() {
  if (process.env['WITHOUT_POSTGRES'] === '1') {
    console.log('left out: WITHOUT_POSTGRES=1')
    return 0
  }
  return listenTo('npm', ['run', 'test:postgres', '-w', '@tierbook/sync-server'])
}

/** @param {Record<string, string>} testEnv */
async function inEveryZone(testEnv) {
  let result = 0
  for (const TZ of zones) {
    console.log(`\nTZ=${TZ}`)
    result = (await turbo('test:zones', { ...testEnv, TZ })) || result
  }
  return result
}

/**
 * Whoever keeps only the end of our output must still see what failed: the last lines, and those that name a failure.
 *
 * @returns {string[]}
 */
function lastWords() {
  const lines = stripVTControlCharacters(said).split(/\r?\n/)
  const failures = lines.filter((line) => /✘|×|FAIL|Error:|AssertionError|^\s*\S+ {2,}error /.test(line))
  return [...lines.slice(-30), '…', ...failures.slice(0, 12)]
}

/**
 * Runs one program and listens to it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string> }} [options]
 */
function listenTo(command, args, options = {}) {
  return runCommand(command, args, {
    ...options,
    heard: (text) => {
      said = (said + text).slice(-2_000_000)
    },
  })
}

/**
 * @param {string} task
 * @param {Record<string, string>} [taskEnv]
 */
function turbo(task, taskEnv = {}) {
  return listenTo('turbo', turboArgs(task), { env: taskEnv })
}

/** @param {string} task */
function turboArgs(task) {
  return ['run', task, '--continue', '--output-logs=new-only', '--log-order=grouped']
}

/** @param {readonly (readonly [string, ...string[]])[]} commands */
async function inTurn(...commands) {
  let result = 0
  for (const [command, ...args] of commands) result = (await listenTo(command, args)) || result
  return result
}
