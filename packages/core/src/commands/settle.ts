// Settling a contested client: one action that names every side, so that everybody sees that somebody who saw all of them decided (TL4).
import * as z from 'zod/mini'
import type { Appended, Change } from '../book.ts'
import { contestedClient } from '../projection/changes.ts'
import { fail, succeed } from '../result.ts'
import { type KnownEntry, Reason } from '../schema/entries.ts'
import { EntryId, Id } from '../schema/ids.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, entryOf } from './draft.ts'

const Settlement = z.strictObject({
  client: Id,
  keep: z.union([EntryId, z.literal('all')]),
  reason: z.optional(Reason),
})

/**
 * Keeps one side, or all of them. The kept one is said again, naming all sides; a side that would still take effect beside it is taken
 * back. With `all`, each holds from its own day on, and the latest one is said again.
 */
export const settle: Command<unknown, Appended> = ({ projection }, input) => {
  const checked = checkInput(Settlement, input)
  if (!checked.ok) return checked
  const { client, keep, reason } = checked.value
  if (!projection.client(client)?.isAdded)
    return fail('unknown-client', `client: expected the id of a client of this book, got ${quote(client)}`, 'client')
  const sides = contestedClient(projection, client)
  if (sides.length === 0)
    return fail('nothing-to-change', 'client: nobody contests it, or somebody settled it', 'client', {
      says: 'settled-already',
    })
  const kept = keep === 'all' ? latest(sides) : sides.find(({ id }) => id === keep)
  if (!kept)
    return fail(
      'unknown-entry',
      `keep: expected one of the sides ${sides.map(({ id }) => id).join()}, got ${keep}`,
      'keep',
    )
  const after = sides.map(({ id }) => id)
  const overruled = keep === 'all' ? [] : sides.filter((side) => side !== kept && !isReplacedBy(kept, side))
  const entries = [
    saidAgain(kept, { after, reason }),
    ...overruled.map(({ id: target }) =>
      entryOf({ kind: 'entry.retracted' as const, subject: client, target, reason }),
    ),
  ]
  return succeed({ describe: [], entries, value: (action) => ({ action }) })
}

/** Of two assignments for one day the later entry holds (TL2), so the other one needs no taking back. */
function isReplacedBy(kept: Change, side: Change): boolean {
  return side.kind === kept.kind && side.effectiveOn === kept.effectiveOn
}

function latest(sides: readonly Change[]): Change | undefined {
  return sides.reduce((last, side) => ((side.effectiveOn ?? '') >= (last.effectiveOn ?? '') ? side : last))
}

function saidAgain(
  side: Change,
  { after, reason }: { after: readonly string[]; reason: string | undefined },
): KnownEntry {
  const facts = { subject: side.subject, effectiveOn: side.effectiveOn ?? '', after: [...after], reason }
  if (side.kind === 'client.ended') return entryOf({ kind: 'client.ended' as const, ...facts })
  if (side.kind === 'client.resumed') return entryOf({ kind: 'client.resumed' as const, ...facts })
  return entryOf({ kind: 'tier.assigned' as const, ...facts, tier: String(side.fields['tier']) })
}
