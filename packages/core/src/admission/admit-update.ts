// The gate before a book's document: judges one update, decode only, so that nothing reaches a document undecided (AD1–AD7).
import type { Role } from '../protocol.ts'
import { bindAuthors, checkRevocations } from './check-authors.ts'
import type { BookChanges } from './book-index.ts'
import { checkActivity } from './check-activity.ts'
import { checkOverwrites, findFreshDeletes } from './check-deletes.ts'
import { checkFields } from './check-fields.ts'
import { checkCounters, checkIds, readNewActions } from './check-log.ts'
import { type DecodedSection, decodeUpdate } from './decode-update.ts'
import { findFreshStructs, type FreshStruct } from './fresh-structs.ts'
import type { KnownBook, StructId } from './known-book.ts'
import { maxFoundingUpdateBytes, maxUpdateBytes } from './limits.ts'
import { Refusal, type RefusalCode, refuse } from './refusal.ts'

/** Who sends an update, and what is known. */
export interface AdmissionContext {
  readonly actor: string
  readonly role: Role
  /** An owner's book that nobody else has written to: it may bring history (AD7). Ignored for other roles. */
  readonly founding: boolean
  readonly known: KnownBook
  /** The server's clock, epoch ms. */
  readonly now: number
}

/** What an accepted update brings. */
export interface AdmittedUpdate {
  /** Next clock of every client id that it brings structs of. */
  readonly clocks: ReadonlyMap<number, number>
  /** Client ids seen for the first time, and whose they are from now on. */
  readonly bindings: ReadonlyMap<number, string>
  /** Ids of the actions it brings. */
  readonly actions: readonly string[]
  readonly largestN: number
  /** What it brings, for an index to take in. */
  readonly changes: BookChanges
  /** It repeats no struct that is known. */
  readonly isAllNew: boolean
  /** Where in the update its deletes begin. */
  readonly deletesAt: number
}

/** A run of clocks `[from, to)` of a client id. */
export interface ClockRange {
  readonly client: number
  readonly from: number
  readonly to: number
}

/** What to do with an update. */
export type Admission =
  | ({ readonly decision: 'accept' } & AdmittedUpdate)
  /** Everything in it is known: neither stored nor passed on, whoever sends it. */
  | { readonly decision: 'nothing-new' }
  /** It builds on something unknown: ask the sender to sync (AD2). */
  | { readonly decision: 'gap'; readonly missing: StructId }
  /** `ranges` are the new clocks that were in it, as far as it could be read. */
  | {
      readonly decision: 'refuse'
      readonly code: RefusalCode
      readonly message: string
      readonly ranges: readonly ClockRange[]
    }

/**
 * Judges one Yjs v1 update. Pure and synchronous: it changes nothing and applies nothing.
 *
 * @example
 * const admission = admitUpdate(update, { actor, role: 'editor', founding: false, known: knownBookOfDoc(doc, { actorOf, largestN: 0 }), now: Date.now() })
 * if (admission.decision === 'accept') Y.applyUpdate(doc, update)
 */
export function admitUpdate(update: Uint8Array, context: AdmissionContext): Admission {
  let ranges: ClockRange[] = []
  try {
    const { known, now, role } = context
    const founding = role === 'owner' && context.founding
    const decoded = decodeUpdate(update, founding ? maxFoundingUpdateBytes : maxUpdateBytes)
    const structs = findFreshStructs(decoded, known)
    if (!structs.complete) return { decision: 'gap', missing: structs.missing }
    const fresh = structs.byClient
    ranges = [...fresh].map(([client, list]) => ({ client, from: list[0]?.from ?? 0, to: list.at(-1)?.to ?? 0 }))
    const deletes = findFreshDeletes(decoded.deletes, fresh, known)
    if (!deletes.complete) return { decision: 'gap', missing: deletes.missing }
    if (fresh.size === 0 && deletes.fields.length + deletes.reports.length === 0) return { decision: 'nothing-new' }
    if (role === 'viewer') refuse('read-only', 'viewers write nothing')
    const actions = readNewActions(fresh)
    const bindings = bindAuthors(fresh, actions, known, { actor: context.actor, founding })
    checkRevocations(actions, { role })
    checkIds(actions, known, { founding })
    const largestN = checkCounters(actions, known.largestN)
    checkFields(fresh, actions)
    checkActivity(deletes.reports, fresh, known, now)
    checkOverwrites(deletes.fields, fresh, known)
    return {
      decision: 'accept',
      clocks: nextClocks(fresh),
      bindings,
      actions: actions.map(({ action }) => action.id),
      largestN,
      changes: { structs: fresh, deletes: decoded.deletes },
      isAllNew: decoded.sections.every((section) => isFresh(section, fresh)),
      deletesAt: decoded.deletesAt,
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { decision: 'refuse', code: error.code, message: error.message, ranges }
  }
}

function isFresh({ client, structs }: DecodedSection, fresh: ReadonlyMap<number, readonly FreshStruct[]>): boolean {
  const list = fresh.get(client)
  return list?.length === structs.length && list[0]?.from === structs[0]?.clock
}

function nextClocks(fresh: ReadonlyMap<number, readonly FreshStruct[]>): Map<number, number> {
  return new Map([...fresh].map(([client, structs]) => [client, structs.at(-1)?.to ?? 0]))
}
