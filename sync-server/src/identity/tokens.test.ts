import { SignJWT } from 'jose'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSigningKey, openSigningKey } from './signing-key.ts'
import { createTokens } from './tokens.ts'

const book = 'book000000000000000000'
const actor = 'ada0000000000000000000'
const key = createSigningKey()
const access = { actor, book, role: 'editor', device: actor } as const

test('an access token gives back what was signed', async () => {
  const tokens = createTokens({ key, tokenDays: 1 })
  const { token, expiresAt } = await tokens.signAccess(access)
  expect(await tokens.readAccess(token)).toEqual({ ok: true, value: { ...access, expiresAt } })
})

test('an invite is no access token and an access token no invite', async () => {
  const tokens = createTokens({ key, tokenDays: 1 })
  const { token } = await tokens.signAccess(access)
  const { invite } = await tokens.signInvite({ role: 'owner', book, hours: 1 })
  expect(await tokens.readInvite(token)).toEqual({ ok: false, problem: 'invalid' })
  expect(await tokens.readAccess(invite)).toEqual({ ok: false, problem: 'invalid' })
  expect(await tokens.readInvite(invite)).toMatchObject({ ok: true, value: { role: 'owner', book } })
})

test('[F13] an expired token says so', async () => {
  let now = Date.now()
  const tokens = createTokens({ key, tokenDays: 1, now: () => now })
  const { token } = await tokens.signAccess(access)
  now += 86_401_000
  expect(await tokens.readAccess(token)).toEqual({ ok: false, problem: 'expired' })
})

test('an expired token still shows who its bearer was, one of another key does not', async () => {
  let now = Date.now()
  const tokens = createTokens({ key, tokenDays: 1, now: () => now })
  const { token } = await tokens.signAccess(access)
  const { invite } = await tokens.signInvite({ role: 'owner', book, hours: 1 })
  const foreign = await createTokens({ key: createSigningKey(), tokenDays: 1 }).signAccess(access)
  now += 365 * 86_400_000
  expect(await tokens.readAccess(token, { mayBeExpired: true })).toMatchObject({ ok: true, value: access })
  for (const bad of [foreign.token, invite, token.slice(0, -3)])
    expect(await tokens.readAccess(bad, { mayBeExpired: true })).toEqual({ ok: false, problem: 'invalid' })
})

test('tokens of another key, of another algorithm, without signature or cut are invalid', async () => {
  const tokens = createTokens({ key, tokenDays: 1 })
  const foreign = await createTokens({ key: createSigningKey(), tokenDays: 1 }).signAccess(access)
  const { token } = await tokens.signAccess(access)
  const [header, payload] = token.split('.') as [string, string]
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  // The public key taken for a shared secret is the classic confusion.
  const secret = new TextEncoder().encode(key.publicKey.export({ type: 'spki', format: 'pem' }) as string)
  const symmetric = await new SignJWT({ typ: 'access' }).setProtectedHeader({ alg: 'HS256' }).sign(secret)
  for (const bad of [foreign.token, none, symmetric, token.slice(0, -3), `${header}.${payload}`, '', 'x']) {
    expect(await tokens.readAccess(bad), bad).toEqual({ ok: false, problem: 'invalid' })
  }
})

test('the key file is made once, for its owner only, and a broken one is named', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tierbook-')), 'signing-key.pem')
  openSigningKey(file)
  const text = readFileSync(file, 'utf8')
  openSigningKey(file)
  expect(readFileSync(file, 'utf8')).toBe(text)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(file, 'x')
  expect(() => openSigningKey(file)).toThrow(/signing-key\.pem cannot be read/)
})
