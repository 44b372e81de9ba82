// People and devices: invites for one, roles that change, and access that ends while somebody is connected.
import { createId, memory, openBook } from '@tierbook/core'
import type { MemberList } from '@tierbook/core/protocol'
import { webSocket } from '@tierbook/core/websocket'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createSigningKey, openSqliteStorage, type TierbookServer } from '../src/index.ts'
import { join, runCommand } from './sample-process.ts'
import { openSocket, openStockClient, sampleFolder, startSampleServer } from './sample-server.ts'
import { join as joinPath } from 'node:path'

interface Called {
  readonly status: number
  readonly body: Partial<MemberList> & { invite?: string; role?: string; error?: { code: string } }
}

async function call(server: TierbookServer, token: string, path: string, body?: unknown): Promise<Called> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Called['body'] }
}

const linkOf = async (server: TierbookServer) => ((await server.ownerLink())?.url ?? '').split('#')[1] ?? ''

/** A server with an owner who joined by the first link. */
async function startWithOwner(options: Parameters<typeof startSampleServer>[0] = {}) {
  const server = await startSampleServer(options)
  const owner = createId()
  const book = createId()
  const { body } = await join(server.port, { invite: await linkOf(server), actor: owner, book })
  const invite = async (role: string, more: object = {}) =>
    String((await call(server, body.token, '/api/invites', { role, ...more })).body.invite)
  /** Somebody new, by an invite of the owner. */
  const person = async (role: string) => {
    const actor = createId()
    const joined = await join(server.port, { invite: await invite(role), actor })
    return { actor, device: actor, token: joined.body.token }
  }
  return { server, book, owner: { actor: owner, token: body.token }, invite, person }
}

const connect = (server: TierbookServer, book: string, token: string) =>
  openSocket(`ws://127.0.0.1:${server.port}/sync/${book}?token=${token}`)

/** A device of our own client in a book; `told` counts how often it heard that people changed. */
async function openDevice(
  server: TierbookServer,
  {
    book,
    actor,
    token,
    ...options
  }: { book: string; actor: string; token: string } & {
    storage?: ReturnType<typeof memory>
    readOnly?: boolean
  },
) {
  const told = { times: 0 }
  const url = `ws://127.0.0.1:${server.port}/sync`
  const device = await openBook({
    id: book,
    author: { id: actor, name: 'Ada' },
    storage: memory(),
    ...options,
    sync: webSocket({ url, token, onPeopleChanged: () => told.times++ }),
  })
  onTestFinished(() => device.close())
  await vi.waitFor(() => expect(device.status.sync).toBe('online'))
  return { device, told }
}

describe('invites', () => {
  test('an invite is for one person: who used it may come again and show it, nobody else', async () => {
    const { server, invite, book } = await startWithOwner()
    const link = await invite('editor')
    const ben = createId()
    const first = await join(server.port, { invite: link, actor: ben })
    expect(first.status).toBe(200)
    const second = await join(server.port, { invite: link, actor: createId() })
    expect(second).toMatchObject({ status: 401, body: { error: { code: 'invite-used' } } })
    const again = await join(server.port, { invite: link, actor: ben, token: first.body.token })
    expect(again).toMatchObject({ status: 200, body: { book, role: 'editor' } })
    const claimsToBeBen = await join(server.port, { invite: link, actor: ben })
    expect(claimsToBeBen.body.error?.code).toBe('actor-taken')
  })

  test('of two who redeem one invite at the same moment one gets in', async () => {
    const { server, invite } = await startWithOwner()
    const link = await invite('editor')
    const joined = await Promise.all(
      Array.from({ length: 8 }, () => join(server.port, { invite: link, actor: createId() })),
    )
    expect(joined.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(joined.filter(({ body }) => body.error?.code === 'invite-used')).toHaveLength(7)
  })

  test('one that is refused for another reason is not used up', async () => {
    const { server, invite, owner } = await startWithOwner()
    const link = await invite('editor')
    expect((await join(server.port, { invite: link, actor: owner.actor })).body.error?.code).toBe('actor-taken')
    expect((await join(server.port, { invite: link, actor: createId() })).status).toBe(200)
  })

  test('a reusable invite lets several in', async () => {
    const { server, invite } = await startWithOwner()
    const link = await invite('viewer', { reusable: true })
    for (let i = 0; i < 3; i++) expect((await join(server.port, { invite: link, actor: createId() })).status).toBe(200)
  })

  test('whoever opens a link for others keeps what they may do', async () => {
    const { server, invite, owner } = await startWithOwner()
    const again = await join(server.port, { invite: await invite('viewer'), actor: owner.actor, token: owner.token })
    expect(again.body.role).toBe('owner')
  })

  test('trying out links is stopped after some, for this address, for a while', async () => {
    const { server } = await startWithOwner()
    const codes = []
    for (let i = 0; i < 25; i++)
      codes.push((await join(server.port, { invite: `guess-${i}`, actor: createId() })).status)
    expect(codes.slice(0, 20)).toEqual(Array(20).fill(401))
    expect(codes.slice(20)).toEqual(Array(5).fill(429))
    expect(await server.metrics.registry.metrics()).toContain('tierbook_refused_joins_total 25')
  })
})

describe('devices', () => {
  test('owners see people with their devices, who is connected and who was when; others see themselves', async () => {
    let now = Date.now()
    const { server, book, owner, person } = await startWithOwner({ now: () => now })
    const ben = await person('editor')
    const { socket, closed } = await connect(server, book, ben.token)
    const devices = async () => {
      const { body } = await call(server, owner.token, '/api/members')
      return body.members?.find(({ actor }) => actor === ben.actor)?.devices
    }
    await vi.waitFor(async () => expect(await devices()).toMatchObject([{ device: ben.device, isConnected: true }]))
    now += 60_000
    socket.close()
    await closed
    await vi.waitFor(async () => expect(await devices()).toMatchObject([{ isConnected: false }]))
    now += 10_000
    await vi.waitFor(async () => expect((await devices())?.[0]?.lastSeenAt).toBeGreaterThan(now - 30_000), {
      timeout: 3000,
    })
    const own = await call(server, ben.token, '/api/members')
    expect(own.body.members?.map(({ actor }) => actor)).toEqual([ben.actor])
  })

  test('a revoked device is cut off at once, and its token is worth nothing from then on', async () => {
    const { server, book, owner, person, invite } = await startWithOwner()
    const ben = await person('editor')
    const { closed } = await connect(server, book, ben.token)
    const revoked = await call(server, owner.token, '/api/members/revoke', { actor: ben.actor, device: ben.device })
    expect(revoked.status).toBe(200)
    expect(await closed).toMatchObject({ code: 4401, reason: expect.stringContaining('revoked') as string })
    expect(await (await connect(server, book, ben.token)).closed).toMatchObject({ code: 4401 })
    expect(await call(server, ben.token, '/api/token', {})).toMatchObject({
      status: 401,
      body: { error: { code: 'revoked' } },
    })
    // Nor does it show any more who somebody is: the device may be stolen.
    const joined = await join(server.port, { invite: await invite('editor'), actor: ben.actor, token: ben.token })
    expect(joined.body.error?.code).toBe('actor-taken')
  })

  test('a revoked person is let in on no device, and somebody may revoke a device of their own only', async () => {
    const { server, book, owner, person } = await startWithOwner()
    const [ben, eve] = [await person('editor'), await person('editor')]
    const other = await server.accessToken({ book, actor: ben.actor, role: 'editor', device: createId() })
    expect((await call(server, eve.token, '/api/members/revoke', ben)).body.error?.code).toBe('not-allowed')
    expect((await call(server, eve.token, '/api/members/revoke', { actor: eve.actor })).body.error?.code).toBe(
      'not-allowed',
    )
    expect((await call(server, eve.token, '/api/members/revoke', eve)).status).toBe(200)
    expect((await call(server, owner.token, '/api/members/revoke', { actor: ben.actor })).status).toBe(200)
    for (const token of [ben.token, other, eve.token])
      expect(await (await connect(server, book, token)).closed).toMatchObject({ code: 4401 })
    const unknown = await call(server, owner.token, '/api/members/revoke', { actor: createId() })
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'no-such-member' } } })
  })
})

describe('roles', () => {
  test('[AD6] who becomes a viewer is disconnected, comes back, and writes nothing any more', async () => {
    const { server, book, owner, person } = await startWithOwner()
    const ben = await person('editor')
    const client = await openStockClient(server, { id: book, actor: ben.actor, token: ben.token })
    await client.synced()
    const dropped = new Promise<number | undefined>((resolve) =>
      client.provider.once('connection-close', (event) => resolve(event?.code)),
    )
    expect((await call(server, owner.token, '/api/members/role', { actor: ben.actor, role: 'viewer' })).status).toBe(
      200,
    )
    expect(await dropped).toBe(1012)
    await vi.waitFor(() => expect(client.provider.synced).toBe(true), { timeout: 5_000 })
    await client.book.addClient({ name: 'Not mine to add any more' })
    expect(await client.closed).toMatchObject({ code: 4403 })
    expect((await server.storage.book(book))?.seq).toBe(0)
    expect((await call(server, ben.token, '/api/token', {})).body.role).toBe('viewer')
  })

  test.each([
    ['in the same visit', false],
    ['opened as a viewer', true],
  ])(
    '[AD6] what somebody wrote offline before they became a viewer is set aside, and they see the book: %s',
    async (_when, readOnly) => {
      const { server, book, owner, person } = await startWithOwner()
      const ben = await person('editor')
      const { device: office } = await openDevice(server, { book, ...owner })
      await office.addClient({ name: 'Acme', tier: 'starter' })
      const storage = memory()
      const before = await openDevice(server, { book, ...ben, storage })
      await vi.waitFor(() => expect(before.device.clients()).toHaveLength(1))
      await before.device.close()
      // Offline, as an editor.
      const author = { id: ben.actor, name: 'Ben' }
      const away = await openBook({ id: book, author, storage })
      const acme = away.clients()[0]!.id
      expect((await away.assignTier({ client: acme, tier: 'enterprise' })).ok).toBe(true)
      await away.close()

      await call(server, owner.token, '/api/members/role', { actor: ben.actor, role: 'viewer' })
      const { device: back } = await openDevice(server, { book, ...ben, storage, readOnly })
      await vi.waitFor(() =>
        expect(back.status).toMatchObject({ unsent: 0, sync: 'online', recovery: { phase: 'done' } }),
      )
      expect(back.client(acme)?.tier).toBe('starter')
      expect((await back.setAside()).map(({ kind, code }) => [kind, code])).toEqual([
        ['replica', 'read-only'],
        ['actions', 'read-only'],
      ])
      expect(office.client(acme)?.tier).toBe('starter')
      // It goes on as a viewer: what others write arrives.
      await office.addClient({ name: 'Bright' })
      await vi.waitFor(() => expect(back.clients()).toHaveLength(2))
    },
  )

  test('who is connected is told that somebody who is away has another role, or none; nobody in another book is', async () => {
    const { server, book, owner, person } = await startWithOwner()
    const ben = await person('editor')
    const other = { book: createId(), actor: createId() }
    const elsewhere = await openDevice(server, {
      ...other,
      token: await server.accessToken({ ...other, role: 'owner', device: other.actor }),
    })
    const { device, told } = await openDevice(server, { book, ...owner })
    await call(server, owner.token, '/api/members/role', { actor: ben.actor, role: 'viewer' })
    await vi.waitFor(() => expect(told.times).toBe(1))
    await call(server, owner.token, '/api/members/revoke', { actor: ben.actor })
    await vi.waitFor(() => expect(told.times).toBe(2))
    expect(device.status.sync).toBe('online')
    expect(elsewhere.told.times).toBe(0)
  })

  test('who becomes an owner invites with the token they have; only owners change roles', async () => {
    const { server, owner, person } = await startWithOwner()
    const ben = await person('viewer')
    expect((await call(server, ben.token, '/api/members/role', { actor: ben.actor, role: 'owner' })).status).toBe(403)
    expect((await call(server, ben.token, '/api/invites', { role: 'viewer' })).status).toBe(403)
    await call(server, owner.token, '/api/members/role', { actor: ben.actor, role: 'owner' })
    expect((await call(server, ben.token, '/api/invites', { role: 'viewer' })).status).toBe(200)
  })

  test('the last owner can neither step down nor be revoked; handing over works', async () => {
    const { server, owner, person } = await startWithOwner()
    for (const [path, body] of [
      ['/api/members/role', { actor: owner.actor, role: 'editor' }],
      ['/api/members/revoke', { actor: owner.actor }],
    ] as const)
      expect(await call(server, owner.token, path, body)).toMatchObject({
        status: 409,
        body: { error: { code: 'last-owner' } },
      })
    const ben = await person('editor')
    await call(server, owner.token, '/api/members/role', { actor: ben.actor, role: 'owner' })
    expect((await call(server, owner.token, '/api/members/role', { actor: owner.actor, role: 'editor' })).status).toBe(
      200,
    )
    expect((await call(server, owner.token, '/api/invites', { role: 'viewer' })).status).toBe(403)
  })
})

describe('the operator’s commands, beside a running server', () => {
  test('members lists, revoke cuts live connections off within a second, role sends them back, a new owner link lets somebody in', async () => {
    const folder = sampleFolder()
    const { server, book, owner, person } = await startWithOwner({ environment: { TIERBOOK_DATA: folder } })
    const [ben, eve] = [await person('editor'), await person('editor')]
    const run = async (...args: string[]) => {
      const command = runCommand({ args, environment: { TIERBOOK_DATA: folder } })
      return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
    }
    const sockets = { ben: await connect(server, book, ben.token), eve: await connect(server, book, eve.token) }
    const listed = await run('members', '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject({
      books: [{ book, members: [{ role: 'owner' }, { role: 'editor' }, { role: 'editor' }] }],
    })
    const { told } = await openDevice(server, { book, ...owner })
    expect((await run('revoke', ben.actor)).stdout).toBe(`${ben.actor} is let in no more\n`)
    await vi.waitFor(() => expect(told.times).toBeGreaterThan(0))
    const at = performance.now()
    expect(await sockets.ben.closed).toMatchObject({ code: 4401 })
    expect(performance.now() - at).toBeLessThan(1_000)
    expect((await run('role', eve.actor, 'viewer')).code).toBe(0)
    expect(await sockets.eve.closed).toMatchObject({ code: 1012 })
    expect(await run('revoke', createId())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the book knows no') as string,
    })
    // The last owner's devices are gone: the operator lets a new owner in.
    await run('revoke', owner.actor)
    const link = (await run('token', '--role', 'owner', '--book', book)).stdout.trim().split('#')[1] ?? ''
    const joined = await join(server.port, { invite: link, actor: createId() })
    expect(joined).toMatchObject({ status: 200, body: { role: 'owner', book } })
  }, 120_000) // six commands, a process each

  test('what was changed while no server ran holds when it starts', async () => {
    const file = joinPath(sampleFolder(), 'tierbook.db')
    const storage = openSqliteStorage({ file })
    onTestFinished(() => storage.close())
    const signingKey = createSigningKey()
    const { server, book, person } = await startWithOwner({ storage, signingKey })
    const ben = await person('editor')
    await server.close()
    const again = openSqliteStorage({ file })
    await again.access.revoke({ book, actor: ben.actor, now: 1 })
    const next = await startSampleServer({ storage: again, signingKey })
    expect(await (await connect(next, book, ben.token)).closed).toMatchObject({ code: 4401 })
  })
})

test('[F37] somebody whose updates are refused again and again is asked to come back later', async () => {
  let now = Date.now()
  const server = await startSampleServer({ now: () => now })
  const id = createId()
  const actor = createId()
  const codes: number[] = []
  const offend = async () => {
    const eve = await openStockClient(server, { id, actor })
    const dropped = new Promise<number>((resolve) =>
      eve.provider.once('connection-close', (event) => resolve(event?.code ?? 0)),
    )
    const ended = Promise.race([eve.closed.then(({ code }) => code), dropped])
    eve.doc.getMap('clients').set('x/name', 'unlogged')
    codes.push(await ended)
    eve.provider.destroy()
  }
  for (let i = 0; i < 6; i++) await offend()
  now += 61_000
  await offend()
  expect(codes).toEqual([4422, 4422, 4422, 4422, 4422, 1013, 4422])
})

test('one person has so many connections and no more', async () => {
  const server = await startSampleServer({ environment: { TIERBOOK_MAX_CONNECTIONS_PER_ACTOR: '2' } })
  const id = createId()
  const token = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
  await connect(server, id, token)
  await connect(server, id, token)
  expect(await (await connect(server, id, token)).closed).toMatchObject({ code: 1013 })
  const other = await server.accessToken({ book: id, actor: createId(), role: 'editor' })
  const { socket } = await connect(server, id, other)
  expect(socket.readyState).toBe(WebSocket.OPEN)
})
