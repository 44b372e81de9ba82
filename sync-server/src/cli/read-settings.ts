// Settings for a command: from the environment, or words about each wrong one and exit code 1.
import { readSettings, type Settings } from '../settings.ts'

/** Null after the problems were printed. */
export function settingsOrComplain(): Settings | null {
  const read = readSettings(process.env)
  if (read.ok) return read.settings
  console.error(`Tierbook cannot start, ${read.problems.length === 1 ? 'a setting is' : 'settings are'} wrong:`)
  for (const problem of read.problems) console.error(`  ${problem}`)
  process.exitCode = 1
  return null
}
