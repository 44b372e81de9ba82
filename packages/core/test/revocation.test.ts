// Revoked devices (LG6): what their signatures count for ends with what the revocation names, whatever a thief of the key writes.
import { expect, test } from 'vitest'
import { exportAudit, logContents, verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import { messageOf, withSignature } from '../src/log/signed-text.ts'
import { keptSigner, type Signer } from '../src/opening/device-key.ts'
import { type Action, schemaVersion } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import type { AnyEntry } from '../src/schema/entries.ts'
import { hashText } from '../src/log/hash-text.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, delivering, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'
import { verifyAudit } from '../verifier/verify-audit.mjs'

interface Stolen {
  readonly owner: Book
  readonly id: string
  readonly elements: readonly string[]
  /** Signs with the key of the stolen device. */
  readonly thief: Signer
  readonly ben: { readonly by: string; readonly device: string }
}

/** An owner's book in which Ben's device made two actions in two sessions, was stolen, and was revoked. */
async function bookWithStolenDevice(): Promise<Stolen> {
  const hub = createHub()
  const owner = await openForTest({ author: authorNamed('Ada'), sync: hub.link().sync })
  const acme = await done(owner.addClient({ name: 'Acme', tier: 'starter' }))
  hub.deliverAll()
  const author = authorNamed('Ben')
  let marks: Parameters<typeof keptSigner>[0] | undefined
  const storage = memory()
  const watched: typeof storage = {
    async open(context) {
      const handle = await storage.open(context)
      marks = handle.marks
      return handle
    },
  }
  let device = ''
  for (const tier of ['professional', 'enterprise']) {
    const ben = await openForTest({ id: owner.id, author, storage: watched, sync: hub.link().sync })
    hub.deliverAll()
    await done(ben.assignTier({ client: acme.id, tier }))
    hub.deliverAll()
    device = ben.device
    await ben.close()
  }
  await delivering(hub, owner.revokeDevices({ actor: author.id, device }))
  await done(owner.assignTier({ client: acme.id, tier: 'starter' }))
  const thief = await keptSigner(marks as NonNullable<typeof marks>)
  const elements = logContents(owner).elements as string[]
  return { owner, id: owner.id, elements, thief: thief as Signer, ben: { by: author.id, device } }
}

async function sign({ id, thief }: Stolen, action: Action): Promise<string> {
  const text = actionToText(action)
  return withSignature(text, await thief.sign(messageOf(id, text)))
}

const read = (text: string) => JSON.parse(text) as Action

function forged(stolen: Stolen, change: Partial<Action>, entry?: AnyEntry): Action {
  return {
    ...{ v: schemaVersion, id: 'AAAAAAAAAAA.0', n: 100, at: testNoon, prev: null, ...stolen.ben },
    entries: [
      entry ?? { kind: 'client.edited', subject: read(stolen.elements[0] as string).entries[0]!.subject, name: 'Mine' },
    ],
    ...change,
  }
}

/** The same found by `verifyLog` and by the verifier that shares no code. */
async function found(stolen: Stolen, elements: readonly string[]) {
  const verification = await verifyLog({ book: stolen.id, elements })
  const file = Buffer.from([...exportAudit({ book: stolen.id, elements })].join(''))
  return { ...verification, verifier: verifyAudit(file).problems }
}

test('[LG6] what a device made before it was revoked goes on counting', async () => {
  const stolen = await bookWithStolenDevice()
  expect(await found(stolen, stolen.elements)).toMatchObject({
    actions: 5,
    vouched: 5,
    revoked: 1,
    problems: [],
    verifier: [],
  })
  expect(stolen.owner.revokedDevices()).toEqual([{ actor: stolen.ben.by, device: stolen.ben.device }])
  const entry = stolen.elements
    .map(read)
    .flatMap(({ entries }) => entries)
    .find(({ kind }) => kind === 'device.revoked')
  expect(Object.keys(entry?.['heads'] as object)).toHaveLength(2)
})

const attacks: Record<
  string,
  (stolen: Stolen) => Promise<{ elements: readonly string[]; kind: string; action: string }>
> = {
  'a new session of the stolen key': async (stolen) => {
    const text = await sign(stolen, forged(stolen, {}))
    return { elements: [...stolen.elements, text], kind: 'after-revocation', action: 'AAAAAAAAAAA.0' }
  },
  'a session that is dated back to before the revocation': async (stolen) => {
    const text = await sign(stolen, forged(stolen, { n: 2, at: testNoon - 1e9 }))
    return { elements: [text, ...stolen.elements], kind: 'after-revocation', action: 'AAAAAAAAAAA.0' }
  },
  'a known session that is gone on with': async (stolen) => {
    const last = stolen.elements.filter((text) => read(text).by === stolen.ben.by).at(-1) as string
    const id = `${read(last).id.slice(0, -1)}1`
    const text = await sign(stolen, forged(stolen, { id, prev: hashText(last), n: read(last).n + 1 }))
    return { elements: [...stolen.elements, text], kind: 'after-revocation', action: id }
  },
  'a known action written anew': async (stolen) => {
    const old = stolen.elements.find((text) => read(text).by === stolen.ben.by) as string
    const { sig, ...action } = read(old)
    expect(sig).toBeTruthy()
    const text = await sign(stolen, { ...action, at: 1 })
    const elements = stolen.elements.map((each) => (each === old ? text : each))
    return { elements, kind: 'changed', action: action.id }
  },
  'a known session that is cut off': async (stolen) => {
    const old = stolen.elements.filter((text) => read(text).by === stolen.ben.by).at(-1) as string
    return { elements: stolen.elements.filter((text) => text !== old), kind: 'missing', action: read(old).id }
  },
  'a revocation of their own that grants more': async (stolen) => {
    const made = await sign(stolen, forged(stolen, {}))
    const grant = {
      kind: 'device.revoked',
      subject: stolen.ben.device,
      actor: stolen.ben.by,
      heads: { 'AAAAAAAAAAA.0': hashText(made) },
    }
    const own = await sign(stolen, forged(stolen, { id: 'BBBBBBBBBBB.0', n: 2 }, grant))
    return { elements: [own, made, ...stolen.elements], kind: 'after-revocation', action: 'AAAAAAAAAAA.0' }
  },
}

/** Says that a forged action counts, in the place of the revoked device. */
function vouching(stolen: Stolen, made: string): AnyEntry {
  const heads = { [read(made).id]: hashText(made) }
  return { kind: 'device.added', subject: createId(), actorName: 'Ben', again: stolen.ben.device, heads }
}

const vouchers: typeof attacks = {
  'the key itself vouches for what it made': async (stolen) => {
    const made = await sign(stolen, forged(stolen, {}))
    const own = await sign(stolen, forged(stolen, { id: 'BBBBBBBBBBB.0' }, vouching(stolen, made)))
    return { elements: [made, own, ...stolen.elements], kind: 'after-revocation', action: 'AAAAAAAAAAA.0' }
  },
  'a device that does not sign vouches for it': async (stolen) => {
    const made = await sign(stolen, forged(stolen, {}))
    const other = forged(stolen, { id: 'BBBBBBBBBBB.0', device: createId() }, vouching(stolen, made))
    return {
      elements: [made, actionToText(other), ...stolen.elements],
      kind: 'after-revocation',
      action: 'AAAAAAAAAAA.0',
    }
  },
  'somebody else vouches for it': async (stolen) => {
    const made = await sign(stolen, forged(stolen, {}))
    const eves: AnyEntry = { ...vouching(stolen, made), publicKey: stolen.thief.publicKey }
    const hers = forged(stolen, { id: 'BBBBBBBBBBB.0', by: createId(), device: eves.subject }, eves)
    return {
      elements: [made, await sign(stolen, hers), ...stolen.elements],
      kind: 'after-revocation',
      action: 'AAAAAAAAAAA.0',
    }
  },
}

test.each(Object.entries({ ...attacks, ...vouchers }))(
  '[LG6] a thief of a revoked device: %s is seen and named',
  async (_what, attack) => {
    const stolen = await bookWithStolenDevice()
    const { elements, kind, action } = await attack(stolen)
    const { problems, verifier } = await found(stolen, elements)
    expect(problems).toContainEqual({ kind, action })
    expect(verifier.join('\n')).toContain(action)
  },
)

test('[LG6] a revocation that nobody signed revokes nothing, and is a problem of its own', async () => {
  const stolen = await bookWithStolenDevice()
  const adas = read(stolen.elements[0] as string)
  const entry = { kind: 'device.revoked', subject: adas.device, actor: adas.by, heads: {} }
  const text = actionToText(forged(stolen, { by: adas.by, device: adas.device, prev: null }, entry))
  expect(await found(stolen, [...stolen.elements, text])).toMatchObject({
    vouched: 5,
    revoked: 1,
    unsigned: 0,
    problems: [{ kind: 'unsigned', action: 'AAAAAAAAAAA.0' }],
    verifier: ['action AAAAAAAAAAA.0: is not signed by its device'],
  })
})

test('[LG6] a device that was revoked and is let in again writes as another one, with another key', async () => {
  const hub = createHub()
  const options = { author: authorNamed('Ben'), storage: memory() }
  const laptop = await openForTest({ ...options, sync: hub.link().sync })
  await done(laptop.addClient({ name: 'Acme', tier: 'starter' }))
  hub.deliverAll()
  const phone = await openForTest({ id: laptop.id, author: options.author, sync: hub.link().sync })
  hub.deliverAll()
  await delivering(hub, phone.revokeDevices({ actor: options.author.id, device: laptop.device }))
  hub.deliverAll()
  await laptop.close()
  for (const name of ['Bolt', 'Cork']) {
    const again = await openForTest({ ...options, id: laptop.id, sync: hub.link().sync })
    await done(again.addClient({ name, tier: 'starter' }))
    hub.deliverAll()
    await again.close()
  }
  const verification = await verifyLog(phone)
  expect(verification).toMatchObject({ actions: 4, vouched: 4, revoked: 1, problems: [] })
  expect(new Set(verification.keys.map(({ publicKey }) => publicKey)).size).toBe(3)
})

test('[LG6] all devices of a person are revoked at once, each once, but for the one that does it', async () => {
  const hub = createHub()
  const [ada, ben] = [authorNamed('Ada'), authorNamed('Ben')]
  const link = hub.link()
  const book = await openForTest({ author: ada, sync: link.sync })
  const { action } = await done(book.addClient({ name: 'Acme' }))
  for (const name of ['Bolt', 'Cork']) {
    const device = await openForTest({ id: book.id, author: ben, sync: hub.link().sync })
    hub.deliverAll()
    await done(device.addClient({ name }))
    hub.deliverAll()
  }
  await delivering(hub, book.revokeDevices({ actor: ben.id }))
  const nothing = { ok: false, error: { code: 'nothing-to-change' } }
  link.disconnect()
  for (const actor of [ben.id, ada.id]) expect(await book.revokeDevices({ actor })).toMatchObject(nothing)
  expect(book.revokedDevices()).toHaveLength(2)
  // It stays, and nothing older is undone in its place.
  expect(await book.undo()).toMatchObject({ ok: false, error: { because: { says: 'revocation-stays' } } })
  await done(book.undo({ unit: action }))
  expect(book.clients().map(({ name }) => name)).toEqual(['Bolt', 'Cork'])
  expect(await verifyLog(book)).toMatchObject({ revoked: 2, problems: [] })
})
