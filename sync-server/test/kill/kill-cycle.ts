// Kills a server at one step again and again, on one data folder, while two devices go on; after each kill the disk is asked what it holds.
import { type Book, createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as Y from 'yjs'
import type { ServerStorage } from '../../src/index.ts'
import { openSigningKey, readSigningKey, type SigningKey } from '../../src/identity/signing-key.ts'
import { createTokens } from '../../src/identity/tokens.ts'
import { openStoreForReading } from '../../src/operate/open-store.ts'
import { verifyStore } from '../../src/operate/verify-store.ts'
import { openPostgresStorage } from '../../src/storage/postgres/storage.ts'
import type { KillStep } from './kill-steps.ts'

/** What was found, over all kills. All but `kills` must be 0 for acknowledged and seen edits. */
export interface KillOutcome {
  readonly step: KillStep
  readonly kills: number
  readonly edits: number
  readonly acknowledgedLost: number
  readonly seenLost: number
  readonly twice: number
  readonly findings: number
}

const doomed = fileURLToPath(new URL('doomed-server.ts', import.meta.url))
/** Starting is most of what a kill costs. */
const compileCache = join(tmpdir(), 'tierbook-compile-cache')
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** So that a snapshot is due within a few edits. */
const editsBeforeSnapshots = 520
const mostUnsent = 100

/** `random` gives numbers in [0, 1); equal ones give equal runs, but for what the system's scheduler does. */
export async function runKillCycle(options: {
  step: KillStep
  kills: number
  random: () => number
  /** A new database in place of the folder. */
  url?: string | undefined
}): Promise<KillOutcome> {
  const { step, random, url } = options
  const isSnapshot = step === 'before-snapshot' || step === 'compact' || step === 'after-snapshot'
  const folder = mkdtempSync(join(tmpdir(), 'tierbook-kill-'))
  const id = createId()
  const store = { folder, url }
  let server = await start(store, '0', 'receive', 0)
  const { port } = server
  const tokens = createTokens({ key: await keyOf(store), tokenDays: 1 })
  const open = async (role: 'owner' | 'editor') => {
    const actor = createId()
    const { invite } = await tokens.signInvite({ role, book: id, hours: 1 })
    const token = await joinBook(port, { invite, actor, book: id })
    return openBook({
      id,
      author: { id: actor, name: 'Ada' },
      storage: memory(),
      sync: webSocket({ url: `ws://127.0.0.1:${port}/sync`, token, maxPauseMs: 40 }),
      ...(role === 'owner' ? { create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' } } : {}),
    })
  }
  const writer = await open('owner')
  const observer = await open('editor')
  const total = { edits: 0, acknowledgedLost: 0, seenLost: 0, twice: 0, findings: 0 }
  try {
    await writer.flush()
    await isOnline(observer)
    server.child.kill('SIGKILL')
    await server.ended
    for (let kill = 0; kill < options.kills; kill++) {
      // It dies by itself at the step, or in the middle of a backup; what the last one left unsent is sent to it first.
      const nth = isSnapshot ? 1 : 1 + Math.floor(random() * 12)
      server = await start(store, String(port), step, nth)
      const died = server.ended.then(() => true as const)
      // It may die while the devices connect: what an acknowledgement says first is the whole state.
      await Promise.race([isOnline(writer), died])
      if (isSnapshot) await write(writer, editsBeforeSnapshots, died)
      if (step === 'backup') await killBackup(store, random)
      for (let isDead = false; !isDead;) {
        isDead = await write(writer, 1 + Math.floor(random() * 3), died)
        if (step === 'backup' || isSnapshot) isDead ||= await endQuietly(writer, server, died)
      }
      await isOffline(writer)
      await isOffline(observer)
      await inspect(store, { writer, observer, total })
    }
    server = await start(store, String(port), 'receive', 0)
    await isOnline(writer)
    await isOnline(observer)
    await writer.flush()
    await until(observer, () => textsOf(observer.doc).length === textsOf(writer.doc).length)
    await inspect(store, { writer, observer, total })
    return { step, kills: options.kills, ...total, edits: textsOf(writer.doc).length }
  } finally {
    server.child.kill('SIGKILL')
    await writer.close()
    await observer.close()
    await server.ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the disk holds, compared with what anybody was told before the kill. Nobody has connected again yet. */
async function inspect(
  store: Store,
  { writer, observer, total }: { writer: Book; observer: Book; total: Record<string, number> },
): Promise<void> {
  const storage = await openForReading(store)
  try {
    const doc = new Y.Doc()
    for await (const { bytes } of storage.updates(writer.id)) Y.applyUpdate(doc, bytes)
    const kept = textsOf(doc)
    const has = new Set(kept)
    const made = textsOf(writer.doc)
    const acknowledged = made.slice(0, made.length - writer.status.unsent)
    total['acknowledgedLost'] = (total['acknowledgedLost'] ?? 0) + acknowledged.filter((text) => !has.has(text)).length
    total['seenLost'] = (total['seenLost'] ?? 0) + textsOf(observer.doc).filter((text) => !has.has(text)).length
    total['twice'] = (total['twice'] ?? 0) + kept.length - has.size
    total['findings'] = (total['findings'] ?? 0) + (await verifyStore(storage, {})).findings.length
    doc.destroy()
  } finally {
    await storage.close()
  }
}

function textsOf(doc: Y.Doc): string[] {
  return doc.getArray<string>('log').toArray()
}

/** Adds clients until there are `count` more, or the server has died: then true. */
async function write(book: Book, count: number, died: Promise<true>): Promise<boolean> {
  for (let i = 0; i < count; i++) {
    const added = await book.addClient({ name: `Client ${createId()}`, tier: 'starter' })
    if (!added.ok) throw new Error(added.error.message)
    // Memory storage never waits, so the sockets would not get a turn; and nobody types further ahead of the server than this.
    const turn = new Promise<false>((resolve) => setImmediate(() => resolve(false)))
    const isHeard = until(book, () => book.status.unsent < mostUnsent).then(() => false)
    if (await Promise.race([died, Promise.all([turn, isHeard]).then(() => false)])) return true
  }
  return false
}

/** Snapshots are made, and backups end, when nobody writes: waits for the server to die there, and else ends it. */
async function endQuietly(writer: Book, server: Doomed, died: Promise<true>): Promise<boolean> {
  const isFlushed = writer.flush().then(() => false)
  if (await Promise.race([died, isFlushed])) return true
  const quiet = new Promise<false>((resolve) => setTimeout(() => resolve(false), 150))
  if (await Promise.race([died, quiet])) return true
  server.child.kill('SIGKILL')
  return server.ended.then(() => true)
}

/** A backup that is killed leaves no folder that looks like one. */
async function killBackup({ folder, url }: Store, random: () => number): Promise<void> {
  const to = join(folder, 'backups')
  const child = spawn(process.execPath, [main, 'backup', '--to', to], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TIERBOOK_DATA: folder,
      ...(url === undefined ? {} : { TIERBOOK_DATABASE_URL: url }),
    },
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  for (let isThere = false; !isThere;) {
    isThere = existsSync(to) || child.exitCode !== null
    await new Promise((resolve) => setImmediate(resolve))
  }
  await new Promise((resolve) => setTimeout(resolve, random() * 60))
  child.kill('SIGKILL')
  await ended
  for (const name of existsSync(to) ? readdirSync(to) : []) {
    if (name.endsWith('.partial')) continue
    const backup = openStoreForReading(join(to, name))
    const { findings } = await verifyStore(backup, {})
    await backup.close()
    if (findings.length > 0) throw new Error(`a backup that was killed looks whole and is not: ${findings[0]?.problem}`)
  }
  rmSync(to, { recursive: true, force: true })
}

interface Store {
  readonly folder: string
  readonly url: string | undefined
}

async function openForReading({ folder, url }: Store): Promise<ServerStorage> {
  return url === undefined ? openStoreForReading(folder) : openPostgresStorage({ url, readOnly: true })
}

async function keyOf({ folder, url }: Store): Promise<SigningKey> {
  if (url === undefined) return openSigningKey(join(folder, 'signing-key.pem'))
  const storage = await openPostgresStorage({ url, readOnly: true })
  const key = await storage.readSecret('signing-key')
  await storage.close()
  return readSigningKey(key ?? '', 'in the database')
}

interface Doomed {
  readonly child: ChildProcess
  readonly port: number
  readonly ended: Promise<unknown>
}

async function start(store: Store, port: string, step: KillStep, nth: number): Promise<Doomed> {
  const child = spawn(process.execPath, [doomed, JSON.stringify({ ...store, port, step, nth })], {
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the server ended before it listened'))),
  ])) as [Buffer]
  return { child, ended, port: (JSON.parse(line.toString()) as { port: number }).port }
}

async function joinBook(port: number, request: { invite: string; actor: string; book: string }): Promise<string> {
  const { invite, actor, book } = request
  const answer = await fetch(`http://127.0.0.1:${port}/api/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite, actor: { id: actor, name: 'Ada' }, device: { id: actor }, book }),
  })
  return ((await answer.json()) as { token: string }).token
}

function until(book: Book, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve()
    const stop = book.subscribe(() => {
      if (!holds()) return
      stop()
      resolve()
    })
  })
}

const isOnline = (book: Book) => until(book, () => book.status.sync === 'online')
const isOffline = (book: Book) => until(book, () => book.status.sync !== 'online')
