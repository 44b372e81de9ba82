// Revoking devices (LG6): what their signatures count for ends with what the author of the revocation had seen of them. Naming the last
// action of each session, with its hash, leaves no room for actions that a thief dates back.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { hashText } from '../log/hash-text.ts'
import { type LoggedAction, readAction } from '../log/logged-action.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { placesTaken } from '../projection/places-taken.ts'
import { fail, type Result, succeed } from '../result.ts'
import type { KnownEntry } from '../schema/entries.ts'
import { createId, Id } from '../schema/ids.ts'
import { checkInput } from './check-input.ts'
import type { Draft } from './draft.ts'

const Input = z.object({ actor: Id, device: z.optional(Id) })

/** Sessions that one entry names: some 60 bytes each, and an entry must fit into an action beside others. */
const sessionsAnEntry = 1_000
const entriesAnAction = 3

/** The drafts that revoke one device of an actor, with those that took its place since, or all that said a key. */
export function revokeDevices(
  { projection, writing }: { projection: BookProjection; writing: { actor: string; device: string } },
  input: unknown,
): Result<Draft<Appended>[]> {
  const checked = checkInput(Input, input)
  if (!checked.ok) return checked
  const { actor, device } = checked.value
  const known = [...projection.keys].map((said) => said.split(' ')).filter(([by]) => by === actor)
  const devices =
    device === undefined ? [...new Set(known.map(([, each]) => each ?? ''))] : [...inPlaceOf(projection, actor, device)]
  // The device that writes this would revoke what it is writing.
  const isWriting = (each: string) => actor === writing.actor && each === writing.device
  const left = devices.filter((each) => !projection.revoked.has(`${actor} ${each}`) && !isWriting(each))
  if (left.length === 0)
    return fail('nothing-to-change', 'device: expected another one that signs and was not revoked before', 'device')
  const heads = headsByDevice(projection, actor)
  const entries = left.flatMap((each) => entriesOf({ actor, device: each, heads: heads.get(each) ?? [] }))
  const of = Math.ceil(entries.length / entriesAnAction)
  const batch = of > 1 ? { batch: { id: createId(), of } } : {}
  return succeed(
    Array.from({ length: of }, (_, place) => ({
      describe: [],
      entries: entries.slice(place * entriesAnAction, (place + 1) * entriesAnAction),
      ...batch,
      value: (action: string) => ({ action }),
    })),
  )
}

/** A device, and those that say to have taken its place: whoever holds it writes as the last of them. */
function inPlaceOf(projection: BookProjection, actor: string, device: string): ReadonlySet<string> {
  const found = new Set([device])
  const taken = [...placesTaken(projection, actor)]
  for (let isMore = true; isMore;) {
    const more = taken.filter(([each, before]) => found.has(before) && !found.has(each))
    for (const [each] of more) found.add(each)
    isMore = more.length > 0
  }
  return found
}

type Head = readonly [action: string, hash: string]

/** The last action of each session of an actor, by device. */
function headsByDevice({ log }: BookProjection, actor: string): ReadonlyMap<string, readonly Head[]> {
  const last = new Map<string, LoggedAction>()
  for (const row of log.ordered()) {
    const logged = log.at(row)
    if (logged.by === actor && logged.seq >= (last.get(logged.session)?.seq ?? 0)) last.set(logged.session, logged)
  }
  const heads = new Map<string, Head[]>()
  for (const logged of last.values()) {
    const { device, id } = readAction(logged)
    const known = heads.get(device) ?? []
    heads.set(device, known)
    known.push([id, hashText(logged.text)])
  }
  return heads
}

function entriesOf({ actor, device, heads }: { actor: string; device: string; heads: readonly Head[] }): KnownEntry[] {
  const parts = Math.max(1, Math.ceil(heads.length / sessionsAnEntry))
  return Array.from({ length: parts }, (_, part) => ({
    kind: 'device.revoked',
    subject: device,
    actor,
    heads: Object.fromEntries(heads.slice(part * sessionsAnEntry, (part + 1) * sessionsAnEntry)),
  }))
}
