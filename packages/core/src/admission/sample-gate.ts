// Test support: a server's document behind admission, as small as it can be.
import * as Y from 'yjs'
import type { Role } from '../protocol.ts'
import { type Admission, admitUpdate } from './admit-update.ts'
import { knownBookOfDoc } from './known-book-of-doc.ts'
import { sampleId } from './sample-session.ts'

export interface SampleGate {
  readonly doc: Y.Doc
  readonly bindings: Map<number, string>
  judge(update: Uint8Array, sender?: { actor?: string; role?: Role; founding?: boolean }): Admission
  /** Judges and, where accepted, applies. */
  offer(update: Uint8Array, sender?: { actor?: string; role?: Role; founding?: boolean }): Admission
}

export const sampleNow = 1_764_000_000_000

export function createSampleGate(): SampleGate {
  const doc = new Y.Doc()
  const bindings = new Map<number, string>()
  let largestN = 0
  const known = knownBookOfDoc(doc, { actorOf: (client) => bindings.get(client), largestN: () => largestN })
  const judge: SampleGate['judge'] = (update, sender = {}) =>
    admitUpdate(update, {
      actor: sender.actor ?? sampleId('alice'),
      role: sender.role ?? 'editor',
      founding: sender.founding ?? false,
      known,
      now: sampleNow,
    })
  return {
    doc,
    bindings,
    judge,
    offer: (update, sender) => {
      const admission = judge(update, sender)
      if (admission.decision !== 'accept') return admission
      Y.applyUpdate(doc, update)
      largestN = admission.largestN
      for (const [client, actor] of admission.bindings) bindings.set(client, actor)
      return admission
    },
  }
}
