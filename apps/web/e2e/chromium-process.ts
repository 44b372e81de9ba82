// A Chromium of its own process group and profile folder, which a test can kill the hard way and start again.
import { chromium, type Browser, type Page } from '@playwright/test'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chromiumSwitches } from '../../../scripts/chromium-switches.mjs'
import { findChromium } from './find-chromium.ts'

const startTimeoutMs = 30_000 // a cold disk on two busy cores

/** A running browser. */
export interface ChromiumProcess {
  readonly page: Page
  /** Ends all of its processes at once, as a crash or a power button does. */
  kill(): Promise<void>
}

/** Starts a browser on the profile in `folder`. */
export async function startChromium(folder: string): Promise<ChromiumProcess> {
  const child = spawn(
    findChromium() ?? chromium.executablePath(),
    [
      '--headless',
      ...chromiumSwitches,
      '--lang=en',
      '--window-size=1280,800',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const browser = await connect(child)
  const context = browser.contexts()[0]
  if (!context) throw new Error('the browser has no context')
  return { page: context.pages()[0] ?? (await context.newPage()), kill: () => kill(child, browser) }
}

async function connect(child: ChildProcess): Promise<Browser> {
  const endpoint = await new Promise<string>((resolve, reject) => {
    const output: string[] = []
    const late = setTimeout(
      () => reject(new Error(`no browser in ${startTimeoutMs} ms:\n${output.join('')}`)),
      startTimeoutMs,
    )
    child.stderr?.on('data', (chunk: Buffer) => {
      output.push(chunk.toString())
      const found = /DevTools listening on (ws:\S+)/.exec(output.join(''))?.[1]
      if (!found) return
      clearTimeout(late)
      resolve(found)
    })
    child.on('exit', (code) => reject(new Error(`the browser ended with ${code}:\n${output.join('')}`)))
  })
  return chromium.connectOverCDP(endpoint)
}

async function kill(child: ChildProcess, browser: Browser): Promise<void> {
  const gone = once(child, 'exit')
  // The whole group: what is left of it would go on writing.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  await gone
  await browser.close().catch(() => undefined)
}
