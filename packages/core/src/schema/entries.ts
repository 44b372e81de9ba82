// The kinds of entries of schema 1: each is one fact inside an action. A schema says whether an entry fits; the entry itself is used as it
// came, so that unknown fields of newer versions are kept (LG4).
import * as z from 'zod/mini'
import { billingEntrySchemas } from './billing-entries.ts'
import { ActionId, EntryId, Id, TierId } from './ids.ts'
import { PlainDate } from './plain-date.ts'

/** Limits of text fields in UTF-16 code units; a name fits a table cell, a note a page. */
export const textLimits = { name: 200, reason: 1_000, note: 10_000, externalRef: 200, typicalUse: 300 } as const

const wellFormed = (text: string) => text.isWellFormed()
const textOf = (max: number) =>
  z.string().check(z.minLength(1), z.maxLength(max), z.refine(wellFormed, { error: 'expected well-formed Unicode' }))

/** A display name. */
export const Name = textOf(textLimits.name)
/** Why somebody changed something, in their words. */
export const Reason = textOf(textLimits.reason)
/** The key of a client in the MSP's other systems. */
export const ExternalRef = textOf(textLimits.externalRef)
/** What a tier is typically for. */
export const TypicalUse = textOf(textLimits.typicalUse)
/** An ISO 4217 currency code. */
export const CurrencyCode = z.string().check(z.regex(/^[A-Z]{3}$/))
/** An IANA time zone name; whether this runtime knows it is asked separately, so an old browser can still read the entry. */
export const TimeZoneName = z.string().check(z.regex(/^[A-Za-z][\w+/-]{0,63}$/))
/** The badge colours a tier can have; a closed set, each with a light and a dark shade in the app. */
export const TierColour = z.enum(['slate', 'sky', 'violet', 'emerald', 'amber', 'rose', 'teal', 'indigo'])
/** Position of a tier in tier order, lowest first. */
export const Rank = z.int().check(z.minimum(0), z.maximum(1_000_000))
/** What a view shows, as the app writes it into its address. */
export const ViewQuery = z
  .string()
  .check(z.maxLength(4_000), z.refine(wellFormed, { error: 'expected well-formed Unicode' }))
/** Names of columns in their order, with commas between. */
export const ViewColumns = z.string().check(z.regex(/^(\w{1,32}(,\w{1,32}){0,63})?$/))
/** Ids of the client's tier entries that were the latest the author saw (TL4). */
export const After = z.array(EntryId).check(z.maxLength(64))

/** A raw Ed25519 public key of 32 bytes as base64url. */
export const PublicKey = z.string().check(z.regex(/^[\w-]{43}$/))

/** SHA-256 of a text as base64url. */
const TextHash = z.string().check(z.regex(/^[\w-]{43}$/))
/** What the fields held before, for undo; used only by a command that checks them. */
const Was = z.optional(z.record(z.string(), z.nullable(z.union([z.string(), z.number()]))))
/** What is undone as one: an action, or all actions of a batch. */
const Unit = z.union([ActionId, Id])

export const entrySchemas = {
  'book.created': z.object({
    kind: z.literal('book.created'),
    subject: z.literal('book'),
    name: Name,
    timeZone: TimeZoneName,
    currency: CurrencyCode,
  }),
  'book.edited': z.object({
    kind: z.literal('book.edited'),
    subject: z.literal('book'),
    name: z.optional(Name),
    timeZone: z.optional(TimeZoneName),
    currency: z.optional(CurrencyCode),
    was: Was,
  }),
  'client.added': z.object({
    kind: z.literal('client.added'),
    subject: Id,
    name: Name,
    createdOn: PlainDate,
    externalRef: z.optional(ExternalRef),
    note: z.optional(z.literal('changed')),
  }),
  'client.edited': z.object({
    kind: z.literal('client.edited'),
    subject: Id,
    name: z.optional(Name),
    createdOn: z.optional(PlainDate),
    externalRef: z.optional(z.nullable(ExternalRef)),
    note: z.optional(z.literal('changed')),
    was: Was,
  }),
  'client.ended': z.object({
    kind: z.literal('client.ended'),
    subject: Id,
    effectiveOn: PlainDate,
    after: After,
    reason: z.optional(Reason),
  }),
  'client.resumed': z.object({
    kind: z.literal('client.resumed'),
    subject: Id,
    effectiveOn: PlainDate,
    after: After,
    reason: z.optional(Reason),
  }),
  'tier.added': z.object({
    kind: z.literal('tier.added'),
    subject: TierId,
    name: Name,
    typicalUse: z.optional(TypicalUse),
    rank: Rank,
    colour: TierColour,
  }),
  'tier.edited': z.object({
    kind: z.literal('tier.edited'),
    subject: TierId,
    name: z.optional(Name),
    typicalUse: z.optional(z.nullable(TypicalUse)),
    rank: z.optional(Rank),
    colour: z.optional(TierColour),
    was: Was,
  }),
  'tier.assigned': z.object({
    kind: z.literal('tier.assigned'),
    subject: Id,
    tier: TierId,
    effectiveOn: PlainDate,
    after: After,
    reason: z.optional(Reason),
  }),
  'entry.retracted': z.object({
    kind: z.literal('entry.retracted'),
    subject: Id,
    target: EntryId,
    reason: z.optional(Reason),
  }),
  // Says which action or batch the entries beside it undo, or do again; they have the effect.
  'action.undone': z.object({ kind: z.literal('action.undone'), subject: Unit }),
  'action.redone': z.object({ kind: z.literal('action.redone'), subject: Unit }),
  'import.applied': z.object({
    kind: z.literal('import.applied'),
    subject: Id,
    rows: z.int(),
    source: z.optional(Name),
  }),
  'view.saved': z.object({
    kind: z.literal('view.saved'),
    subject: Id,
    /** Null: taken away. */
    name: z.nullable(Name),
    query: z.optional(ViewQuery),
    columns: z.optional(ViewColumns),
    /** Of a view that was not there: that its name was null. */
    was: Was,
  }),
  'device.added': z.object({
    kind: z.literal('device.added'),
    subject: Id,
    actorName: Name,
    name: z.optional(Name),
    /** The Ed25519 key that the device's signatures are made with, raw, as base64url. */
    publicKey: z.optional(PublicKey),
    /** The author's device that this one takes the place of: it was revoked, or its key is not here any more. */
    again: z.optional(Id),
    /** With `again`, where that one was revoked: what it, and those before it, wrote unseen by whoever revoked them, as in `device.revoked`. */
    heads: z.optional(z.record(ActionId, TextHash)),
  }),
  // Ends what a device's signatures count for: with these actions, the last that the author had seen of each of its sessions.
  'device.revoked': z.object({
    kind: z.literal('device.revoked'),
    subject: Id,
    /** Whose device it is: others who used it keep their own word. */
    actor: Id,
    /** Action id to the SHA-256 of its text as base64url. */
    heads: z.record(ActionId, TextHash),
  }),
  // Says that a server refused an action of its author: its number is missing from its session because of that, and was not cut out.
  'action.withdrawn': z.object({
    kind: z.literal('action.withdrawn'),
    subject: ActionId,
    /** SHA-256 of the refused text as base64url, which the next action of that session names. */
    hash: TextHash,
  }),
  ...billingEntrySchemas,
} as const

/** Kinds this version reads; an entry of any other kind is kept and shown as made by a newer version (LG4). */
export type KnownKind = keyof typeof entrySchemas
/** The entry of one kind. */
export type EntryOf<K extends KnownKind> = z.infer<(typeof entrySchemas)[K]>
/** Any entry this version reads. */
export type KnownEntry = { [K in KnownKind]: EntryOf<K> }[KnownKind]
/** The smallest shape every entry has, of whatever version. */
export interface AnyEntry {
  readonly kind: string
  readonly subject: string
  readonly [field: string]: unknown
}

/** Whether this version has a schema for `kind`. */
export function isKnownKind(kind: string): kind is KnownKind {
  return Object.hasOwn(entrySchemas, kind)
}
