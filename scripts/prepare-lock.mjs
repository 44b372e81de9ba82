// One lock per checkout, so that two `npm start`s at once do not install or build over each other.
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { root } from './run-command.mjs'

const lockFile = join(root, '.prepare.lock')
const heartbeatMs = 5_000 // the holder touches the file this often, so that a pid that was given to another program is noticed
const staleAfterMs = 60_000 // twelve missed heartbeats: the holder is gone, or its machine slept
const pollMs = 250

/**
 * Runs `work` while holding the lock; waits for another holder, and takes over from one that died.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPrepareLock(work) {
  await acquire()
  const heartbeat = setInterval(touch, heartbeatMs)
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.removeListener('exit', release)
    release()
  }
}

async function acquire() {
  let told = false
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    const holder = readHolder()
    if (holder !== null && isGone(holder)) removeStale(holder.pid)
    else {
      if (!told && holder !== null)
        console.log(`Waiting for another start (process ${holder.pid}) to finish installing …`)
      told = true
      await wait(pollMs)
    }
  }
}

function readHolder() {
  try {
    return { pid: Number(readFileSync(lockFile, 'utf8')), touchedAt: statSync(lockFile).mtimeMs }
  } catch {
    return null // released in between
  }
}

/** @param {{ pid: number, touchedAt: number }} holder */
function isGone({ pid, touchedAt }) {
  if (Date.now() - touchedAt > staleAfterMs) return true
  if (!Number.isSafeInteger(pid) || pid <= 0) return false // being written just now
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

/**
 * Moves the file away under a name of ours first: if two waiters find it stale, only one of them gets it.
 *
 * @param {number} stalePid
 */
function removeStale(stalePid) {
  const aside = `${lockFile}.${process.pid}`
  try {
    renameSync(lockFile, aside)
    if (Number(readFileSync(aside, 'utf8')) === stalePid) rmSync(aside)
    else renameSync(aside, lockFile) // a third process had taken the lock meanwhile: give it back
  } catch {
    // another waiter was faster
  }
}

function touch() {
  const now = new Date()
  try {
    utimesSync(lockFile, now, now)
  } catch {
    // somebody removed the file by hand; the work goes on
  }
}

function release() {
  if (readHolder()?.pid === process.pid) rmSync(lockFile, { force: true })
}
