// How every operator's command runs: settings first, expected failures in words, one exit code for each kind of end.
import { writeSync } from 'node:fs'
import { OperatorError } from '../operate/operator-error.ts'
import { storeFault } from '../operate/store-fault.ts'
import type { Settings } from '../settings.ts'
import { settingsOrComplain } from './read-settings.ts'

/** What a script can rely on. */
export const exitCodes = {
  done: { code: 0, meaning: 'done; nothing is wrong' },
  failed: {
    code: 1,
    meaning: 'could not do it: wrong settings or options, a missing or locked data folder, updates left unstored',
  },
  found: { code: 2, meaning: 'done, and something is wrong: what `verify`, `backup` or `doctor` found is listed' },
} as const

/** Runs a command's work; its result says whether something is wrong with what it looked at. */
export async function runCommand(work: (settings: Settings) => Promise<keyof typeof exitCodes>): Promise<void> {
  const settings = settingsOrComplain()
  if (!settings) return
  try {
    process.exitCode = exitCodes[await work(settings)].code
  } catch (error) {
    const words = error instanceof OperatorError ? error.message : adviceOn(storeFault(error))
    if (words === null) throw error
    console.error(`error: ${words}`)
    process.exitCode = exitCodes.failed.code
  }
}

function adviceOn(fault: string | null): string | null {
  return fault === null ? null : `${fault}; see \`tierbook doctor\``
}

/** Prints one JSON document, or lines for people. */
export function print(options: { json?: true }, content: { json: unknown; lines: readonly string[] }): void {
  console.log(options.json ? JSON.stringify(content.json, null, 2) : content.lines.join('\n'))
}

/** Shows how far long work is, on a terminal only: scripts and logs get none of it. */
export function showProgress({ book, seq, of }: { book: string; seq: number; of: number }): void {
  if (process.stderr.isTTY)
    writeSync(process.stderr.fd, `\r${book}: ${seq} of ${of} updates`.padEnd(60) + (seq + 1000 > of ? '\n' : ''))
}

/** Columns of equal width. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A time for people; a dash where there is none. */
export function timeWords(at: number | null): string {
  return at === null ? '-' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`
}
