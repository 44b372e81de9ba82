// A server whose settings name a database: the same devices, rules and commands, no data folder, and no password in what it says.
import { createId } from '@tierbook/core'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCommand } from '../sample-process.ts'
import { logOf, openStockClient, sampleFolder, startSampleServer } from '../sample-server.ts'
import { type SamplePostgres, startPostgres } from './sample-postgres.ts'

let postgres: SamplePostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.close())

test('[SY1] TIERBOOK_DATABASE_URL keeps books in PostgreSQL: after a restart everything is there, and devices are still signed in', async () => {
  const environment = { TIERBOOK_DATABASE_URL: await postgres.createDatabase(), TIERBOOK_DATA: sampleFolder() }
  const first = await startSampleServer({ environment })
  const id = createId()
  const ada = await openStockClient(first, { id, role: 'owner', create: true })
  for (let i = 0; i < 20; i++) await ada.book.addClient({ name: `Client ${i}` })
  await vi.waitFor(async () => expect((await first.storage.book(id))?.largestN).toBe(21))
  const { token } = await first.tokens.signAccess({ book: id, actor: ada.actor, role: 'owner', device: ada.actor })
  ada.provider.destroy()
  await first.close()
  const second = await startSampleServer({ environment })
  const again = await openStockClient(second, { id, role: 'owner', token, actor: ada.actor })
  await again.synced()
  expect(logOf(again.doc)).toEqual(logOf(ada.doc))
  expect(existsSync(join(environment.TIERBOOK_DATA, 'tierbook.db'))).toBe(false)
})

test('commands beside the servers read and change the database, and make no folder', async () => {
  const url = await postgres.createDatabase()
  const environment = { TIERBOOK_DATABASE_URL: url, TIERBOOK_DATA: join(sampleFolder(), 'unused') }
  const server = await startSampleServer({ environment })
  const id = createId()
  const ada = await openStockClient(server, { id, role: 'owner', create: true })
  await vi.waitFor(async () => expect((await server.storage.book(id))?.largestN).toBe(1))
  const run = async (...args: string[]) => {
    const command = runCommand({ args, environment })
    return { code: await command.ended, out: command.stdout(), error: command.stderr() }
  }
  expect((await run('books')).out).toContain(id)
  expect(await run('verify')).toMatchObject({ code: 0 })
  expect((await run('export')).out.trim().split('\n')).toHaveLength(1)
  const { out } = await run('token', '--book', id, '--role', 'owner', '--access', '--actor', createId())
  expect(await server.tokens.readAccess(out.trim())).toMatchObject({ ok: true, value: { book: id } })
  const person = {
    book: id,
    actor: ada.actor,
    device: ada.actor,
    name: 'Ada',
    deviceName: null,
    role: 'owner',
  } as const
  await server.storage.access.admit({ ...person, now: Date.now() })
  expect((await run('members')).out).toContain(ada.actor)
  expect(await run('revoke', ada.actor)).toMatchObject({ code: 0 })
  expect((await ada.closed).code).toBe(4401)
  expect(existsSync(environment.TIERBOOK_DATA)).toBe(false)
})

test('a database that cannot be had ends the start in words, without its password', async () => {
  const url = (await postgres.createDatabase()).replace('tierbook@', 'tierbook:hunter2@').replace(/\w+$/, 'missing')
  const command = runCommand({ args: ['start'], environment: { TIERBOOK_DATABASE_URL: url, PORT: '0' } })
  expect(await command.ended).toBe(1)
  expect(command.stderr()).toContain('Tierbook cannot start: the database in TIERBOOK_DATABASE_URL cannot be used')
  expect(command.stderr() + command.stdout()).not.toContain('hunter2')
})
