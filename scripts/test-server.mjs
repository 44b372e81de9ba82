// A sync server of the built kind on a free port with a data folder of its own, and a book on it that a test may write to.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { root } from './run-command.mjs'

const main = join(root, 'sync-server/dist/main.js')
const startWithinMs = 20_000
const pollMs = 50

/**
 * Starts a server. Its output lies in its folder and is shown when it does not start.
 *
 * @returns {Promise<{
 *   url: string,
 *   inviteLink: (book: string) => string,
 *   join: (book: { book: string, actor: string, device: string }) => Promise<string>,
 *   close: () => Promise<void>,
 * }>}
 */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-server-'))
  const env = { ...serverEnvironment(), TIERBOOK_DATA: join(folder, 'data'), PORT: '0', TIERBOOK_HOST: '127.0.0.1' }
  const logFile = join(folder, 'output.log')
  const log = openSync(logFile, 'w')
  const server = spawn(process.execPath, [main, 'start'], { cwd: root, env, stdio: ['ignore', log, log] })
  closeSync(log)
  const ended = new Promise((resolve) => server.on('close', resolve))
  const url = await addressIn(logFile, server)

  /** @param {string} book */
  const inviteLink = (book) => {
    const args = [main, 'token', '--book', book, '--role', 'owner']
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`tierbook token ended with ${status}: ${stderr}`)
    return `${url}/join${new URL(stdout.trim()).hash}`
  }

  return {
    url,
    /** A link that makes its bearer an owner of `book`. */
    inviteLink,
    /** Puts `book` on the server in the name of `actor`; gives the access token. */
    async join({ book, actor, device }) {
      const invite = new URL(inviteLink(book)).hash.slice(1)
      const response = await fetch(new URL('/api/join', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ invite, book, actor: { id: actor, name: 'Tester' }, device: { id: device } }),
      })
      if (!response.ok) throw new Error(`/api/join answered ${response.status}: ${await response.text()}`)
      return /** @type {{ token: string }} */ (await response.json()).token
    },
    async close() {
      server.kill('SIGTERM')
      const code = await ended
      if (code !== 0) console.error(readFileSync(logFile, 'utf8'))
      rmSync(folder, { recursive: true, force: true })
      if (code !== 0) throw new Error(`the server ended with ${code} on SIGTERM`)
    },
  }
}

/** The caller's environment without settings that would reach the server. */
function serverEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TIERBOOK_')))
}

/**
 * @param {string} logFile
 * @param {import('node:child_process').ChildProcess} server
 */
async function addressIn(logFile, server) {
  for (let waited = 0; waited < startWithinMs && server.exitCode === null; waited += pollMs) {
    const port = /https?:\/\/[^\s/:]+:(\d+)/.exec(readFileSync(logFile, 'utf8'))?.[1]
    if (port) return `http://127.0.0.1:${port}`
    await wait(pollMs)
  }
  server.kill('SIGKILL')
  throw new Error(`the server did not start:\n${readFileSync(logFile, 'utf8')}`)
}
