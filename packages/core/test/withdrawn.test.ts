// What stands before an action that a server refused (LG6): the refused text is in no log, so the chain of hashes ends there, and only a signature
// of its own vouches for what is before it.
import { expect, test } from 'vitest'
import { exportAudit, verifyLog } from '../src/audit.ts'
import { hashText } from '../src/log/hash-text.ts'
import { messageOf, withSignature } from '../src/log/signed-text.ts'
import { deviceSigner } from '../src/opening/device-key.ts'
import { type Action, schemaVersion } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import type { AnyEntry } from '../src/schema/entries.ts'
import { createId } from '../src/schema/ids.ts'
import { testNoon } from '../src/testing/open-for-test.ts'
import { verifyAudit } from '../verifier/verify-audit.mjs'

const session = 'AAAAAAAAAAA'

/** Four actions of one session, all signed; the third was refused, and the last says so. */
async function sessionWithRefusal() {
  const [book, by, device] = [createId(), createId(), createId()]
  const marks = new Map<string, unknown>()
  const signer = await deviceSigner(book, {
    get: (name) => Promise.resolve(marks.get(name)),
    set: (name, value) => Promise.resolve(void marks.set(name, value)),
    delete: (name) => Promise.resolve(void marks.delete(name)),
  })
  if (!signer) throw new Error('this platform has no Ed25519')
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
    texts.push(withSignature(text, await signer.sign(messageOf(book, text))))
  }
  await write({ kind: 'device.added', subject: device, actorName: 'Ada', publicKey: signer.publicKey })
  await write({ kind: 'client.edited', subject: createId(), name: 'Acme' })
  await write({ kind: 'client.edited', subject: createId(), name: 'Bolt' })
  const refused = texts[2] as string
  await write({ kind: 'action.withdrawn', subject: `${session}.2`, hash: hashText(refused) })
  return { book, texts: texts.filter((text) => text !== refused) }
}

async function found({ book, texts }: { book: string; texts: readonly string[] }) {
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
