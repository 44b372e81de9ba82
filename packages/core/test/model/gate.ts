// A hub that judges as a server does: by admission, and by a rule of its own that no client can know.
import type * as Y from 'yjs'
import { admitUpdate } from '../../src/admission/admit-update.ts'
import { knownBookOfDoc } from '../../src/admission/known-book-of-doc.ts'
import type { Role } from '../../src/protocol.ts'
import { closeCode } from '../../src/protocol/wire.ts'
import type { Admit } from '../../src/testing/hub.ts'

/** What carries this word anywhere is refused, like an update that a newer server no longer takes. */
export const refusedWord = 'Unwelcome'

/** Admission over whatever document the hub holds; what it binds is forgotten with the document. */
export function createGate(options: {
  now: () => number
  roleOf: (actor: string) => Role
  onRefusal: () => void
}): Admit {
  let gate: { doc: Y.Doc; bindings: Map<number, string>; largestN: number } | undefined
  return (update, doc, sender) => {
    if (gate?.doc !== doc) gate = { doc, bindings: new Map(), largestN: 0 }
    const { bindings } = gate
    const current = gate
    const actor = sender ?? ''
    const known = knownBookOfDoc(doc, { actorOf: (client) => bindings.get(client), largestN: () => current.largestN })
    const admission = admitUpdate(update, {
      actor,
      role: options.roleOf(actor),
      founding: false,
      known,
      now: options.now(),
    })
    if (admission.decision === 'gap') return 'gap'
    if (admission.decision === 'nothing-new') return null
    const refuse = (reason: string) => {
      options.onRefusal()
      return { closeCode: closeCode.refused, reason }
    }
    if (admission.decision === 'refuse') return refuse(`${admission.code}: ${admission.message}`)
    if (new TextDecoder().decode(update).includes(refusedWord)) return refuse(`invalid-action: ${refusedWord}`)
    for (const [client, owner] of admission.bindings) bindings.set(client, owner)
    current.largestN = admission.largestN
    return null
  }
}
