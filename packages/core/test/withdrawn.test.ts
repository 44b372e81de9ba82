// What stands before an action that a server refused (LG6): the refused text is in no log, so the chain of hashes ends there, and only a signature
// of its own vouches for what is before it.
import { expect, test } from 'vitest'
import { exportAudit, verifyLog } from '../src/audit.ts'
import { hashText } from '../src/log/hash-text.ts'
import { messageOf, withSignature } from '../src/log/signed-text.ts'
import { makeSigner as makeKeptSigner, type Signer } from '../src/opening/device-key.ts'
import { type Action, schemaVersion } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import type { AnyEntry } from '../src/schema/entries.ts'
import { createId } from '../src/schema/ids.ts'
import { testNoon } from '../src/testing/open-for-test.ts'
import { verifyAudit } from '../verifier/verify-audit.mjs'

const session = 'AAAAAAAAAAA'

/** Four actions of one session, all signed unless `signed` says from which on; the third was refused, and the last says so. */
async function sessionWithRefusal({ signedFrom = 0 } = {}) {
  const [book, by, device] = [createId(), createId(), createId()]
  const signer = await makeSigner()
  const texts: string[] = []
  const write = async (entry: AnyEntry, seq = texts.length) => {
    const prev = texts.length === 0 ? null : hashText(texts.at(-1) as string)
    const action: Action = {
      v: schemaVersion,
      id: `${session}.${seq}`,
      n: seq + 1,
      at: testNoon,
      by,
      device,
      prev,
      entries: [entry],
    }
    const text = actionToText(action)
    texts.push(seq < signedFrom ? text : withSignature(text, await signer.sign(messageOf(book, text))))
  }
  const key = signedFrom === 0 ? { publicKey: signer.publicKey } : {}
  await write({ kind: 'device.added', subject: device, actorName: 'Ada', ...key })
  await write({ kind: 'client.edited', subject: createId(), name: 'Acme' })
  await write({ kind: 'client.edited', subject: createId(), name: 'Bolt' })
  const refused = texts[2] as string
  await write({ kind: 'action.withdrawn', subject: `${session}.2`, hash: hashText(refused) })
  return { book, by, refused, texts: texts.filter((text) => text !== refused) }
}

async function makeSigner(): Promise<Signer> {
  const marks = new Map<string, unknown>()
  const signer = await makeKeptSigner({
    get: (name) => Promise.resolve(marks.get(name)),
    set: (name, value) => Promise.resolve(void marks.set(name, value)),
    delete: (name) => Promise.resolve(void marks.delete(name)),
  })
  if (!signer) throw new Error('this platform has no Ed25519')
  return signer
}

async function found({ book, texts }: { readonly book: string; readonly texts: readonly string[] }) {
  const file = Buffer.from([...exportAudit({ book, elements: texts })].join(''))
  return { ...(await verifyLog({ book, elements: texts })), verifier: verifyAudit(file).problems }
}

test('[LG6] a gap that its author declares is none', async () => {
  expect(await found(await sessionWithRefusal())).toMatchObject({
    actions: 3,
    vouched: 3,
    withdrawn: 1,
    problems: [],
    verifier: [],
  })
})

test('[LG6] what is altered right before a refused action is seen and named', async () => {
  const { book, texts } = await sessionWithRefusal()
  const altered = texts.map((text) => text.replace('Acme', 'Mine'))
  const { problems, verifier, vouched } = await found({ book, texts: altered })
  expect(problems).toEqual([{ kind: 'bad-signature', action: `${session}.1` }])
  expect(verifier).toEqual([`action ${session}.1: is not signed by its device`])
  expect(vouched).toBe(2) // the first has a signature of its own
})

test('[LG6] what is cut out right before a refused action is missing', async () => {
  const { book, texts } = await sessionWithRefusal()
  const { problems, verifier } = await found({ book, texts: texts.toSpliced(1, 1) })
  expect(problems).toEqual([{ kind: 'missing', action: `${session}.1` }])
  expect(verifier).toEqual([`action ${session}.1: is missing`])
})

test('[LG6] who says that another’s action was refused excuses no gap', async () => {
  const { book, texts } = await sessionWithRefusal()
  const another: Action = {
    ...{ v: schemaVersion, id: 'BBBBBBBBBBB.0', n: 9, at: testNoon, by: createId(), device: createId(), prev: null },
    entries: [{ kind: 'action.withdrawn', subject: `${session}.1`, hash: hashText(texts[1] as string) }],
  }
  const { problems, verifier } = await found({ book, texts: [...texts.toSpliced(1, 1), actionToText(another)] })
  expect(problems).toEqual([{ kind: 'missing', action: `${session}.1` }])
  expect(verifier).toEqual([`action ${session}.1: is missing`])
})

/** One action of a session of its own that nobody signed. */
function bare(entry: AnyEntry, change: Partial<Action> = {}): string {
  const envelope = { v: schemaVersion, id: 'BBBBBBBBBBB.0', n: 9, at: testNoon, by: createId(), device: createId() }
  return actionToText({ ...envelope, prev: null, entries: [entry], ...change })
}

test('[LG6] who says once more that another’s action was refused, with another text, raises no alarm', async () => {
  const { book, texts } = await sessionWithRefusal()
  const other = hashText('another text')
  const again = bare({ kind: 'action.withdrawn', subject: `${session}.2`, hash: other })
  expect(await found({ book, texts: [...texts, again] })).toMatchObject({ withdrawn: 1, problems: [], verifier: [] })
  expect(await found({ book, texts: [again, ...texts] })).toMatchObject({ withdrawn: 1, problems: [], verifier: [] })
})

test('[LG6] nor does one who says so in the author’s name without a signature', async () => {
  const { book, by, texts } = await sessionWithRefusal()
  const entry = { kind: 'action.withdrawn', subject: `${session}.2`, hash: hashText('another text') }
  const first = bare(entry, { by, n: 1 })
  expect(await found({ book, texts: [...texts, first] })).toMatchObject({ unsigned: 1, problems: [], verifier: [] })
})

test('[LG6] what a device signs that was revoked before withdraws nothing', async () => {
  const { book, texts, by } = await sessionWithRefusal()
  const { device } = JSON.parse(texts[0] as string) as Action
  const heads = { [`${session}.1`]: hashText(texts[1] as string) }
  const owner = await deviceThatSigns(book)
  const revocation = await owner.write({ kind: 'device.revoked', subject: device, actor: by, heads })
  const { problems, verifier } = await found({ book, texts: [...texts, ...revocation] })
  expect(problems.map(({ kind }) => kind)).toEqual(['missing', 'after-revocation'])
  expect(verifier.join('\n')).toContain(`${session}.3`)
})

/** Somebody else, or the device that is given, who signs from here on. */
async function deviceThatSigns(book: string, self: Partial<Action> = {}) {
  const signer = await makeSigner()
  const [by, device] = [self.by ?? createId(), self.device ?? createId()]
  return {
    async write(entry: AnyEntry, introducedWith: object = {}): Promise<readonly string[]> {
      const introduction = { kind: 'device.added', subject: device, actorName: 'Bo', publicKey: signer.publicKey }
      const entries = [entry, { ...introduction, ...introducedWith }]
      const text = bare(entry, { ...self, by, device, entries })
      return [withSignature(text, await signer.sign(messageOf(book, text)))]
    },
  }
}

const edited = (): AnyEntry => ({ kind: 'client.edited', subject: createId(), name: 'Acme' })

/** Says without a signature that a server refused an action of `by`. */
const claiming = (by: string, seq: number, text: string) =>
  bare({ kind: 'action.withdrawn', subject: `${session}.${seq}`, hash: hashText(text) }, { id: 'DDDDDDDDDDD.0', by })

const idOf = (text: string) => (JSON.parse(text) as Action).id
const deviceOf = (text: string | undefined) => (JSON.parse(text as string) as Action).device

test('[LG6] a session that is gone and that the device in the place of a revoked one names is not excused without a signature', async () => {
  const { book, texts, by } = await sessionWithRefusal()
  const device = deviceOf(texts[0])
  const heads = { [`${session}.1`]: hashText(texts[1] as string) }
  const successor = await deviceThatSigns(book, { by, id: 'CCCCCCCCCCC.0' })
  const left = [
    ...(await (await deviceThatSigns(book)).write({ kind: 'device.revoked', subject: device, actor: by, heads: {} })),
    ...(await successor.write(edited(), { again: device, heads })),
    claiming(by, 1, texts[1] as string),
  ]
  const { problems, verifier } = await found({ book, texts: left })
  expect(problems).toEqual([{ kind: 'missing', action: `${session}.1` }])
  expect(verifier).toEqual([`action ${session}.1: is missing, or not as at a revocation`])
})

test.each([true, false])(
  '[LG6] the end of a session is excused without a signature only where its device had said no key when it was revoked: %s',
  async (saidKey) => {
    const { book, texts, by } = await sessionWithRefusal({ signedFrom: Infinity })
    const device = deviceOf(texts[0])
    const later = saidKey
      ? await (await deviceThatSigns(book, { by, device, id: 'CCCCCCCCCCC.0' })).write(edited())
      : []
    const heads = Object.fromEntries([texts[1] as string, ...later].map((text) => [idOf(text), hashText(text)]))
    const revocation = { kind: 'device.revoked', subject: device, actor: by, heads }
    const revoking = await (await deviceThatSigns(book)).write(revocation)
    const left = [texts[0] as string, ...later, ...revoking, claiming(by, 1, texts[1] as string)]
    const { problems, verifier } = await found({ book, texts: left })
    expect(problems).toEqual(saidKey ? [{ kind: 'missing', action: `${session}.1` }] : [])
    expect(verifier).toEqual(saidKey ? [`action ${session}.1: is missing, or not as at a revocation`] : [])
  },
)

test('[LG6] a device that does not sign declares its refused actions without a signature', async () => {
  const { book, texts } = await sessionWithRefusal({ signedFrom: Infinity })
  expect(await found({ book, texts })).toMatchObject({
    vouched: 0,
    unsigned: 3,
    withdrawn: 1,
    problems: [],
    verifier: [],
  })
})
