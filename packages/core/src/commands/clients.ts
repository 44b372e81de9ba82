// Adding a client and editing what describes it.
import * as z from 'zod/mini'
import type { Appended } from '../book.ts'
import { fail, succeed } from '../result.ts'
import { ExternalRef, Name, Reason, textLimits } from '../schema/entries.ts'
import { createId, Id, TierId } from '../schema/ids.ts'
import { PlainDate } from '../schema/plain-date.ts'
import { checkInput, quote } from './check-input.ts'
import { type Command, type Described, entryOf, wasOf } from './draft.ts'
import { changedRefs, NewOtherRefs, OtherRefsEdit } from './other-refs.ts'

const trimmedName = z.pipe(z.string().check(z.trim()), Name)
const Note = z.string().check(
  z.maxLength(textLimits.note),
  z.refine((text) => text.isWellFormed(), { error: 'expected well-formed Unicode' }),
)

const NewClient = z.strictObject({
  name: trimmedName,
  tier: z.optional(TierId),
  createdOn: z.optional(PlainDate),
  externalRef: z.optional(z.pipe(z.string().check(z.trim()), ExternalRef)),
  otherRefs: z.optional(NewOtherRefs),
  note: z.optional(Note),
  reason: z.optional(Reason),
})

/** Adds a client, on `tier` from its first day on where one is given. */
export const addClient: Command<unknown, Appended & { id: string }> = ({ projection }, input) => {
  const checked = checkInput(NewClient, input)
  if (!checked.ok) return checked
  const { name, tier, externalRef, note, reason } = checked.value
  const createdOn = checked.value.createdOn ?? projection.today()
  if (tier !== undefined && !projection.tiers().some((known) => known.id === tier)) {
    return fail('unknown-tier', `tier: expected the id of a tier of this book, got ${quote(tier)}`, 'tier')
  }
  if (externalRef !== undefined && projection.clientIdByExternalRef(externalRef) !== undefined) {
    return fail(
      'duplicate-external-ref',
      `externalRef: ${quote(externalRef)} already belongs to another client`,
      'externalRef',
      { says: 'reference-taken', externalRef },
    )
  }
  const others = changedRefs(projection, { id: null, current: [] }, checked.value.otherRefs ?? {})
  if (!others.ok) return others
  const refs = others.value.fields
  const id = createId()
  const describe: Described[] = [
    { root: 'clients', key: `${id}/name`, value: name },
    { root: 'clients', key: `${id}/createdOn`, value: createdOn },
  ]
  if (externalRef !== undefined) describe.push({ root: 'clients', key: `${id}/externalRef`, value: externalRef })
  for (const [field, value] of Object.entries(refs)) describe.push({ root: 'clients', key: `${id}/${field}`, value })
  if (note) describe.push({ root: 'clients', key: `${id}/note`, value: note })
  return succeed({
    describe,
    entries: [
      entryOf({
        kind: 'client.added',
        subject: id,
        name,
        createdOn,
        externalRef,
        ...refs,
        note: note ? 'changed' : undefined,
      }),
      ...(tier === undefined
        ? []
        : [entryOf({ kind: 'tier.assigned' as const, subject: id, tier, effectiveOn: createdOn, after: [], reason })]),
    ],
    value: (action) => ({ action, id }),
  })
}

const ClientEdit = z.strictObject({
  client: Id,
  name: z.optional(trimmedName),
  createdOn: z.optional(PlainDate),
  externalRef: z.optional(z.nullable(z.pipe(z.string().check(z.trim()), ExternalRef))),
  otherRefs: z.optional(OtherRefsEdit),
  note: z.optional(z.nullable(Note)),
})

/** Changes a client's describing fields; fields that already hold the value are left out. */
export const editClient: Command<unknown, Appended> = ({ projection }, input) => {
  const checked = checkInput(ClientEdit, input)
  if (!checked.ok) return checked
  const { client, ...wanted } = checked.value
  const row = projection.rows.get(client)
  if (!row)
    return fail('unknown-client', `client: expected the id of a client of this book, got ${quote(client)}`, 'client')
  const owner =
    typeof wanted.externalRef === 'string' ? projection.clientIdByExternalRef(wanted.externalRef) : undefined
  if (owner !== undefined && owner !== client) {
    return fail(
      'duplicate-external-ref',
      `externalRef: ${quote(wanted.externalRef)} already belongs to another client`,
      'externalRef',
      { says: 'reference-taken', externalRef: String(wanted.externalRef) },
    )
  }
  const others = changedRefs(projection, { id: client, current: row.otherRefs ?? [] }, wanted.otherRefs ?? {})
  if (!others.ok) return others
  const { fields: refs, was: refsWere } = others.value
  const note = wanted.note === '' ? null : wanted.note
  const changed = {
    name: wanted.name === row.name ? undefined : wanted.name,
    createdOn: wanted.createdOn === row.createdOn ? undefined : wanted.createdOn,
    externalRef: wanted.externalRef === row.externalRef ? undefined : wanted.externalRef,
    ...refs,
    note: note === row.note ? undefined : note,
  }
  const describe = Object.entries(changed)
    .filter((field): field is [string, string | null] => field[1] !== undefined)
    .map(([field, value]): Described => ({ root: 'clients', key: `${client}/${field}`, value }))
  if (describe.length === 0)
    return fail('nothing-to-change', `${quote(row.name)} already has these values`, undefined, {
      says: 'same-values',
      name: row.name,
    })
  const entry = entryOf({
    kind: 'client.edited',
    subject: client,
    ...changed,
    note: changed.note === undefined ? undefined : 'changed',
    was: wasOf({ ...changed, note: undefined }, { ...row, ...refsWere }),
  })
  return succeed({ describe, entries: [entry], value: (action) => ({ action }) })
}
