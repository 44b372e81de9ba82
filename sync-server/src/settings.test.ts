import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { settingsInEffect } from './settings-table.ts'
import { readSettings, variables } from './settings.ts'

function problemsOf(environment: Record<string, string>): readonly string[] {
  const read = readSettings(environment)
  return read.ok ? [] : read.problems
}

test('defaults stand where nothing is set, and an empty variable is an unset one', () => {
  const read = readSettings({ PATH: '/bin', PORT: '' })
  expect(read).toMatchObject({ ok: true, settings: { port: 4400, dataFolder: resolve('./data'), tokenDays: 90 } })
})

test('every wrong setting is reported at once, with its name and what came', () => {
  const problems = problemsOf({ PORT: 'http', TIERBOOK_PUBLIC_URL: 'book.example.com/x', TIERBOOK_TOKEN_DAYS: '0' })
  expect(problems).toHaveLength(3)
  expect(problems.join('\n')).toMatch(/PORT: expected a whole number from 0 to 65535, got "http"/)
  expect(problems.join('\n')).toMatch(/TIERBOOK_PUBLIC_URL: expected an http or https address/)
})

test('[F24] an unknown TIERBOOK_ setting is refused instead of ignored', () => {
  expect(problemsOf({ TIERBOOK_DATA_DIR: '/srv' })[0]).toContain('TIERBOOK_DATA_DIR: there is no such setting')
})

test('a wrong database address is named and not shown: a password may be in it', () => {
  const problems = problemsOf({ TIERBOOK_DATABASE_URL: 'mysql://ada:hunter2@db/book' })
  expect(problems[0]).toContain('TIERBOOK_DATABASE_URL: expected an address such as postgres://')
  expect(problems.join()).not.toContain('hunter2')
  const read = readSettings({ TIERBOOK_DATABASE_URL: 'postgres://ada:hunter2@db/book' })
  if (!read.ok) throw new Error(read.problems.join())
  expect(JSON.stringify(settingsInEffect(read.settings, {}))).not.toContain('hunter2')
})

test.each(['70000', '-1', '1.5', '0x10', ' '])('PORT %j is not a port', (port) => {
  if (port.trim() === '') expect(problemsOf({ PORT: port })).toEqual([])
  else expect(problemsOf({ PORT: port })[0]).toContain('PORT')
})

test('[F24] every variable is read', () => {
  const sample: Record<keyof typeof variables, string> = {
    dataFolder: '/srv/tierbook',
    databaseUrl: 'postgres://tierbook:secret@db.example.com/tierbook',
    hintsUrl: 'postgres://tierbook:secret@primary.example.com/tierbook',
    pollMs: '250',
    port: '0',
    host: '127.0.0.1',
    publicUrl: 'https://book.example.com',
    allowedOrigins: 'http://localhost:5173',
    trustProxy: '1',
    metricsToken: '0123456789abcdef',
    logLevel: 'warn',
    appFolder: '/srv/app',
    tokenDays: '7',
    inviteHours: '2',
    ownerLinkHours: '3',
    maxConnections: '11',
    maxConnectionsPerBook: '12',
    maxConnectionsPerActor: '19',
    maxConnectionsPerAddress: '13',
    messagesPerSecond: '14',
    requestsPerMinute: '15',
    requestSeconds: '18',
    maxBufferedBytes: '100000',
    pingSeconds: '16',
    idleBookSeconds: '17',
    idleIndexSeconds: '20',
    keepLogDays: '400',
  }
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [variable, sample[name as keyof typeof variables]]),
  )
  const read = readSettings(environment)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  for (const [name, text] of Object.entries(sample)) {
    const value = read.settings[name as keyof typeof variables]
    expect([text, text === '1'].map(String), name).toContain(String(value))
  }
})
