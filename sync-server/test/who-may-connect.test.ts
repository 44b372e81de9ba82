import { createId } from '@tierbook/core'
import { describe, expect, test, vi } from 'vitest'
import { createSigningKey } from '../src/index.ts'
import { createTokens } from '../src/identity/tokens.ts'
import { writeSyncStep1 } from '../src/sync/messages.ts'
import { openSocket, openStockClient, startSampleServer } from './sample-server.ts'

describe('who may connect', () => {
  test('[F13] wrong, expired, missing and foreign tokens read nothing and are told for good', async () => {
    const signingKey = createSigningKey()
    const server = await startSampleServer({ signingKey })
    const id = createId()
    const actor = createId()
    await server.accessToken({ book: id, actor, role: 'owner' })
    const access = { book: id, actor, role: 'editor', device: actor } as const
    const expired = await createTokens({
      key: signingKey,
      tokenDays: 1,
      now: () => Date.now() - 2 * 86_400_000,
    }).signAccess(access)
    const foreign = await createTokens({ key: createSigningKey(), tokenDays: 1 }).signAccess(access)
    const otherBook = await server.accessToken({ book: createId(), actor, role: 'editor' })
    const invite = await server.tokens.signInvite({ book: id, role: 'owner', hours: 1 })
    const unknownBook = createId()
    const noBook = await server.tokens.signAccess({ ...access, book: unknownBook })
    const cases: [string, string, number][] = [
      [id, expired.token, 4401],
      [id, foreign.token, 4401],
      [id, invite.invite, 4401],
      [id, 'x', 4401],
      [id, '', 4401],
      [id, otherBook, 4403],
      [unknownBook, noBook.token, 4404],
    ]
    for (const [book, token, code] of cases) {
      const client = await openStockClient(server, { id: book, token })
      expect(await client.closed).toMatchObject({ code })
      expect(client.provider.synced).toBe(false)
    }
  })

  test('[F31] odd book names lead nowhere', async () => {
    const server = await startSampleServer()
    for (const name of ['', '*', '..%2f..', 'a/b', 'x'.repeat(4096), '%00', `${createId()}/`]) {
      const { closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${name}?token=x`)
      expect((await closed).code, name).toBe(4404)
    }
  })

  test('whoever tries tokens out from one address waits after sixty, and is not looked at meanwhile', async () => {
    let now = Date.now()
    const server = await startSampleServer({ now: () => now })
    const id = createId()
    const good = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const dial = async (token: string) =>
      (await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)).closed
    for (let i = 0; i < 60; i++) expect((await dial(`wrong-${i}`)).code).toBe(4401)
    expect(await dial(good)).toMatchObject({
      code: 1013,
      reason: expect.stringContaining('too many refused') as string,
    })
    now += 60_000
    const device = await openStockClient(server, { id })
    await device.synced()
  })

  test('a page of another origin may not connect', async () => {
    const { WebSocket: Socket } = await import('ws')
    const server = await startSampleServer()
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const codeFor = (origin: string) =>
      new Promise<number>((resolve) => {
        const socket = new Socket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`, { origin })
        socket.on('close', resolve)
        socket.on('open', () => setTimeout(() => socket.close(1000), 50))
      })
    expect(await codeFor('https://evil.example')).toBe(4403)
    expect(await codeFor(`http://127.0.0.1:${server.port}`)).toBe(1000)
  })

  test('[F19] too many connections of one address are asked to come later', async () => {
    const server = await startSampleServer({ environment: { TIERBOOK_MAX_CONNECTIONS_PER_ADDRESS: '2' } })
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    const url = `ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`
    const first = await openSocket(url)
    await openSocket(url)
    const third = await openSocket(url)
    expect(await third.closed).toMatchObject({ code: 1013 })
    first.socket.close()
    await first.closed
    await vi.waitFor(async () => {
      const { socket } = await openSocket(url)
      socket.send(writeSyncStep1(new Uint8Array([0])) as Uint8Array<ArrayBuffer>)
      await new Promise((resolve, reject) => {
        socket.addEventListener('message', resolve)
        socket.addEventListener('close', reject)
      })
    })
  })

  test('[F13] a connection ends when its token does', async () => {
    let now = Date.now()
    const server = await startSampleServer({ now: () => now })
    const id = createId()
    const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
    now += 90 * 86_400_000 - 1_500
    const { closed } = await openSocket(`ws://127.0.0.1:${server.port}/sync/${id}?token=${token}`)
    now += 2_000
    expect(await closed).toMatchObject({ code: 4401 })
  })
})
