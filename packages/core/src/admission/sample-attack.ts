// Test support: a book that somebody attacks who may write to it, and what they send.
import { encodeSample, type SampleStruct } from './sample-bytes.ts'
import { createSampleGate, type SampleGate } from './sample-gate.ts'
import { createSampleSession, sampleId, type SampleSession } from './sample-session.ts'

/** A client of the book. */
export const acme = sampleId('acme')
/** Who attacks, and the Yjs client id that is theirs. */
export const bob = sampleId('bob')
export const mallory = 666

export interface AttackedBook {
  readonly gate: SampleGate
  readonly alice: SampleSession
  /** What becomes of an update: why it is refused, or the decision. */
  readonly codeOf: (update: Uint8Array, sender?: Parameters<SampleGate['judge']>[1]) => string
}

/** Alice has written Acme. */
export function openAttackedBook(): AttackedBook {
  const gate = createSampleGate()
  const alice = createSampleSession({ clientId: 7 })
  gate.offer(alice.addClient(acme, 'Acme'))
  const codeOf: AttackedBook['codeOf'] = (update, sender = { actor: bob }) => {
    const admission = gate.judge(update, sender)
    return admission.decision === 'refuse' ? admission.code : admission.decision
  }
  return { gate, alice, codeOf }
}

export function asMallory(...structs: SampleStruct[]): Uint8Array {
  return encodeSample({ sections: [{ client: mallory, clock: 0, structs }] })
}

/** Bob's action about Acme. */
export function naming(): Uint8Array {
  return createSampleSession({ actor: bob }).write({ entries: [{ kind: 'x.y', subject: acme }] })
}
