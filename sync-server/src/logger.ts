// Structured logs on standard error: one JSON object a line, or short lines where a person watches. Secrets never get in.
import { pino, type Logger } from 'pino'

export type { Logger } from 'pino'

/** A logger that writes to standard error, so that standard output stays for people. */
export function createLogger(options: { level: string; pretty: boolean }): Logger {
  const stderr = { write: (line: string) => void process.stderr.write(options.pretty ? prettyLine(line) : line) }
  return pino({ level: options.level, redact: { paths: secretPaths, censor: '[secret]' }, base: null }, stderr)
}

/** A logger that says nothing, for tests and embedding. */
export function createSilentLogger(): Logger {
  return pino({ level: 'silent' })
}

// Nothing logs these on purpose; the list is the second line of defence. URLs are in it because a stock client's holds its token.
const secretNames = ['token', 'invite', 'authorization', 'cookie', 'url', 'protocols']
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

function prettyLine(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as {
    level: number
    time: number
    msg?: string
    err?: { stack?: string }
  }
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const words = [new Date(time).toISOString().slice(11, 19), levelNames[level] ?? String(level), msg ?? '', ...fields]
  return `${words.join(' ')}\n${err?.stack ? `${err.stack}\n` : ''}`
}
