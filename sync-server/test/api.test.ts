import { createId } from '@tierbook/core'
import { describe, expect, test } from 'vitest'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import type { TierbookServer } from '../src/index.ts'
import { join } from './sample-process.ts'
import { openStockClient, sampleFolder, startSampleServer } from './sample-server.ts'

const call = async (server: TierbookServer, path: string, options: RequestInit = {}) => {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, options)
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown> & { error?: { code: string; field?: string } },
  }
}
const post = (server: TierbookServer, path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(server, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
const inviteOf = async (server: TierbookServer) => ((await server.ownerLink())?.url ?? '').split('#')[1] ?? ''

describe('joining', () => {
  test('the owner link of an empty server puts the first book there; later openings join it', async () => {
    const server = await startSampleServer()
    const invite = await inviteOf(server)
    expect((await join(server.port, { invite, actor: createId() })).body.error).toMatchObject({
      code: 'book-required',
      field: 'book',
    })
    const book = createId()
    const first = await join(server.port, { invite, actor: createId(), book })
    expect(first).toMatchObject({ status: 200, body: { book, role: 'owner' } })
    expect(first.body.expiresAt).toBeGreaterThan(Date.now() + 80 * 86_400_000)
    const second = await join(server.port, { invite, actor: createId(), book: createId() })
    expect(second.body.book).toBe(book)
    expect(await Array.fromAsync(server.storage.books())).toHaveLength(1)
  })

  test('who holds an invite learns where it leads before joining, and who holds none learns nothing', async () => {
    const server = await startSampleServer()
    const invite = await inviteOf(server)
    const look = (text: string) => post(server, '/api/invite', { invite: text })
    expect((await look(invite)).body).toEqual({ role: 'owner', book: null, hasBooks: false })
    const book = createId()
    await join(server.port, { invite, actor: createId(), book })
    expect((await look(invite)).body).toEqual({ role: 'owner', book, hasBooks: true })
    await server.accessToken({ book: createId(), actor: createId(), role: 'owner' })
    expect((await look(invite)).body).toEqual({ role: 'owner', book: null, hasBooks: true })
    const forged = await look(`${invite.slice(0, -6)}AAAAAA`)
    expect(forged).toMatchObject({ status: 401, body: { error: { code: 'invite-invalid' } } })
    expect(Object.keys(forged.body)).toEqual(['error'])
    // Trying links out is limited, whichever of the two calls tells.
    for (let tried = 1; tried < 20; tried++) await look('x')
    expect((await look(invite)).status).toBe(429)
    expect((await join(server.port, { invite, actor: createId() })).status).toBe(429)
  })

  test('nobody joins under the id of another, in whatever way the book came to know it', async () => {
    const server = await startSampleServer()
    const invite = await inviteOf(server)
    const [book, founder, ada] = [createId(), createId(), createId()]
    await join(server.port, { invite, actor: founder, book })
    const client = await openStockClient(server, { id: book, actor: ada, role: 'owner', create: true })
    await client.synced()
    await expect.poll(async () => (await server.storage.book(book))?.firstWriter).toBe(ada)
    const forged = await server.accessToken({ book, actor: createId(), role: 'owner' })
    const elsewhere = await server.accessToken({ book: createId(), actor: ada, role: 'owner' })
    const link = await post(server, '/api/invites', { role: 'editor' }, { authorization: `Bearer ${forged}` })
    const forAda = { invite: String(link.body['invite']), actor: ada }
    for (const request of [
      forAda,
      { ...forAda, actor: founder },
      { ...forAda, token: forged },
      { ...forAda, token: elsewhere },
      { ...forAda, token: forAda.invite },
      { ...forAda, token: 'x' },
    ]) {
      const refused = await join(server.port, request)
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'actor-taken', field: 'actor.id' } } })
      expect(JSON.stringify(refused.body)).toContain('join as a new person on this device')
    }
    expect(await join(server.port, { ...forAda, actor: createId() })).toMatchObject({ status: 200, body: { book } })
  })

  test('[F13] a device that was signed out joins again under its own id with its expired token', async () => {
    let now = Date.now()
    const server = await startSampleServer({ now: () => now })
    const [book, actor] = [createId(), createId()]
    const first = await join(server.port, { invite: await inviteOf(server), actor, book })
    now += 400 * 86_400_000
    const invite = await inviteOf(server)
    const again = await join(server.port, { invite, actor, token: first.body.token })
    expect(again).toMatchObject({ status: 200, body: { book, role: 'owner' } })
    expect(again.body.expiresAt).toBeGreaterThan(now)
  })

  test('[AD7] a local book is put on the server under the id that wrote its history', async () => {
    const server = await startSampleServer()
    const [book, actor] = [createId(), createId()]
    const { token } = (await join(server.port, { invite: await inviteOf(server), actor, book })).body
    const client = await openStockClient(server, { id: book, actor, token, create: true, connect: false })
    await client.book.addClient({ name: 'Acme' })
    client.provider.connect()
    await client.synced()
    await expect.poll(async () => (await server.storage.book(book))?.firstWriter).toBe(actor)
  })

  test('owners invite, others do not; the link holds the invite in its fragment and warns about the address', async () => {
    const server = await startSampleServer()
    const book = createId()
    const owner = await server.accessToken({ book, actor: createId(), role: 'owner' })
    const editor = await server.accessToken({ book, actor: createId(), role: 'editor' })
    expect(
      (await post(server, '/api/invites', { role: 'viewer' }, { authorization: `Bearer ${editor}` })).body.error?.code,
    ).toBe('not-allowed')
    const made = await post(server, '/api/invites', { role: 'viewer', hours: 1 }, { authorization: `Bearer ${owner}` })
    expect(made.body).toMatchObject({ warnings: ['loopback'] })
    expect(made.body['url']).toBe(`http://localhost:${server.port}/join#${String(made.body['invite'])}`)
    const joined = await join(server.port, { invite: String(made.body['invite']), actor: createId(), book: createId() })
    expect(joined.body).toMatchObject({ book, role: 'viewer' })
  })

  test('the address of links comes from TIERBOOK_PUBLIC_URL, and plain HTTP is warned about', async () => {
    for (const [url, warnings, isSecure] of [
      ['http://192.168.1.5:4400', ['not-https'], false],
      ['https://book.example.com', [], true],
    ] as const) {
      const server = await startSampleServer({ environment: { TIERBOOK_PUBLIC_URL: url } })
      const owner = await server.accessToken({ book: createId(), actor: createId(), role: 'owner' })
      const made = await post(server, '/api/invites', { role: 'editor' }, { authorization: `Bearer ${owner}` })
      expect(made.body).toMatchObject({ warnings, url: expect.stringContaining(`${url}/join#`) as string })
      expect((await call(server, '/api/server')).body).toEqual({
        name: 'tierbook',
        version: '0.1.0',
        publicUrl: url,
        publicUrlIsLoopback: false,
        publicUrlIsSecure: isSecure,
      })
    }
  })

  test('bad invites and bodies are refused with a code and the field', async () => {
    let now = Date.now()
    const server = await startSampleServer({ now: () => now })
    const invite = await inviteOf(server)
    const actor = createId()
    const access = await server.accessToken({ book: createId(), actor, role: 'owner' })
    expect((await join(server.port, { invite: 'x', actor })).body.error?.code).toBe('invite-invalid')
    expect((await join(server.port, { invite: access, actor })).body.error?.code).toBe('invite-invalid')
    expect((await join(server.port, { invite, actor: 'short' })).body.error).toMatchObject({
      code: 'invalid-body',
      field: 'actor.id',
    })
    expect((await post(server, '/api/join', null)).body.error?.code).toBe('invalid-body')
    expect((await call(server, '/api/join', { method: 'POST', body: '{' })).body.error?.code).toBe('invalid-body')
    expect((await call(server, '/api/join', { method: 'POST', body: 'x'.repeat(20_000) })).body.error?.code).toBe(
      'too-large',
    )
    expect((await call(server, '/api/join')).status).toBe(405)
    expect((await call(server, '/api/nothing')).status).toBe(404)
    expect((await call(server, '/api/__proto__')).status).toBe(404)
    now += 25 * 3_600_000
    expect((await join(server.port, { invite, actor })).body.error?.code).toBe('invite-expired')
    now += 90 * 86_400_000
    expect((await post(server, '/api/token', {}, { authorization: `Bearer ${access}` })).body.error?.code).toBe(
      'token-expired',
    )
  })

  test('[F13] a token is renewed for a token that still holds', async () => {
    let now = Date.now()
    const server = await startSampleServer({ now: () => now })
    const book = createId()
    const token = await server.accessToken({ book, actor: createId(), role: 'viewer' })
    now += 60 * 86_400_000
    const renewed = await post(server, '/api/token', {}, { authorization: `Bearer ${token}` })
    expect(renewed.body).toMatchObject({ book, role: 'viewer' })
    expect(renewed.body['expiresAt']).toBeGreaterThan(now + 89 * 86_400_000)
    expect(renewed.headers.get('cache-control')).toBe('no-store')
    expect((await post(server, '/api/token', {})).body.error?.code).toBe('token-invalid')
  })

  test('pages of other origins and too many calls are refused', async () => {
    const server = await startSampleServer({
      environment: { TIERBOOK_REQUESTS_PER_MINUTE: '5', TIERBOOK_ALLOWED_ORIGINS: 'http://localhost:5173' },
    })
    const from = (origin: string) => call(server, '/api/server', { headers: { origin } })
    expect((await from('https://evil.example')).status).toBe(403)
    expect((await from('http://localhost:5173')).status).toBe(200)
    for (let i = 0; i < 4; i++) expect((await call(server, '/api/server')).status).toBe(200)
    const refused = await call(server, '/api/server')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
  })
})

describe('pages and probes', () => {
  test('the app is served with its headers; unknown pages get its shell, unknown files a 404', async () => {
    const app = sampleFolder()
    mkdirSync(joinPath(app, '_app/immutable'), { recursive: true })
    writeFileSync(joinPath(app, '200.html'), '<title>shell</title>')
    writeFileSync(joinPath(app, 'index.html'), '<title>home</title>')
    writeFileSync(joinPath(app, 'service-worker.js'), 'x')
    writeFileSync(joinPath(app, '_app/immutable/a.js'), 'x')
    const server = await startSampleServer({ environment: { TIERBOOK_APP: app } })
    const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method })
    const page = await get('/clients/abc?x=1')
    expect(await page.text()).toContain('shell')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect([page.headers.get('x-content-type-options'), page.headers.get('referrer-policy')]).toEqual([
      'nosniff',
      'no-referrer',
    ])
    expect(await (await get('/')).text()).toContain('home')
    expect((await get('/service-worker.js')).headers.get('cache-control')).toBe('no-cache')
    expect((await get('/_app/immutable/a.js')).headers.get('cache-control')).toContain('immutable')
    expect((await get('/_app/immutable/gone.js')).status).toBe(404)
    expect((await get('/../../etc/passwd')).headers.get('content-type')).not.toContain('octet')
    expect((await get('/', 'POST')).status).toBe(405)
  })

  test('health and metrics answer; with a metrics token they want it', async () => {
    const server = await startSampleServer({ environment: { TIERBOOK_METRICS_TOKEN: '0123456789abcdef' } })
    expect((await call(server, '/healthz')).body).toMatchObject({ status: 'ok' })
    expect((await call(server, '/readyz')).body).toEqual({ status: 'ready' })
    const metrics = (headers = {}) => fetch(`http://127.0.0.1:${server.port}/metrics`, { headers })
    expect((await metrics()).status).toBe(401)
    expect(await (await metrics({ authorization: 'Bearer 0123456789abcdef' })).text()).toContain(
      'tierbook_connections 0',
    )
  })
})
