// Core's example script, run as an operator's nightly job would: against a server, from a file.
import { createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { sampleFolder, startSampleServer } from './sample-server.ts'

const script = fileURLToPath(new URL('../../packages/core/examples/record-usage.ts', import.meta.url))
const run = promisify(execFile)

test('[PB2] the example script records usage from a file, names lines it cannot use, and the same file again changes nothing', async () => {
  const server = await startSampleServer()
  const [id, actor] = [createId(), createId()]
  const url = `ws://127.0.0.1:${server.port}/sync`
  const token = await server.accessToken({ book: id, actor, role: 'owner' })
  const book = await openBook({
    id,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    create: { name: 'MSP', timeZone: 'UTC', currency: 'EUR' },
    sync: webSocket({ url, token }),
  })
  onTestFinished(() => book.close())
  await book.addClient({ name: 'Acme', tier: 'starter', createdOn: '2026-01-01', externalRef: 'A-1001' })
  await book.flush()
  const file = join(sampleFolder(), 'usage.csv')
  writeFileSync(file, 'A-1001,Backup GB,2026-10,812.5\r\nA-1001,Seats,2026-12,12\r\nZ-9,Seats,2026-10,1\r\n')
  const env = {
    ...process.env,
    NODE_NO_WARNINGS: '1',
    TIERBOOK_URL: url,
    TIERBOOK_BOOK: id,
    TIERBOOK_ACTOR: actor,
    TIERBOOK_TOKEN: token,
  }
  const recorded = new Promise<void>((resolve) => {
    const stop = book.subscribe(() => {
      if (book.usage().length < 2) return
      stop()
      resolve()
    })
  })
  const { stdout, stderr } = await run(process.execPath, [script, file], { env })
  expect(stdout).toBe('2 of 2 records written\n')
  expect(stderr).toBe('line 3: expected the external reference of a client, got "Z-9"\n')
  await recorded
  expect(book.usage().map(({ unit, from, to, quantity }) => [unit, from, to, quantity])).toEqual([
    ['Backup GB', '2026-10-01', '2026-11-01', '812.5'],
    ['Seats', '2026-12-01', '2027-01-01', '12'],
  ])
  expect((await run(process.execPath, [script, file], { env })).stdout).toBe('all of it is recorded already\n')
}, 60_000)
