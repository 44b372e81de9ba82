// What a row of the entry table says, and where.

/** Where a row has what. A link is one more than a row's number, 0 where there is none. */
export const entryFields = {
  /** Link to the client's next entry. */
  next: 0,
  /** Row of its action. */
  action: 1,
  /** A number of `kindNumbers`. */
  kind: 2,
  /** Its place among the action's entries. */
  index: 3,
  /** Only of `tier.assigned`: one more than the number of its tier. */
  tier: 4,
  /** The `dayNumber` of a tier entry. */
  on: 5,
  /** Link to the tier entry that a tier entry names in `after`; `elsewhere` where `afters` has what it names. */
  after: 6,
  /** Link to the retraction that came first. */
  takenBack: 7,
} as const
/** How many numbers a row has. */
export const entryWidth = 8

/** In `after`: several entries are named, or one that is not here. */
export const elsewhere = 0xffff_ffff

/** What is known about a client at once. */
export const clientMarks = {
  /** Somebody added it; a client nobody added is not shown. */
  added: 1,
  /** Something about it was taken back. */
  hasRetractions: 2,
  /** Its entries came out of order, or build on several or on missing ones: rows alone do not say what they add up to. */
  isTangled: 4,
} as const

/** Number of each kind about clients; stored, so new kinds come last. Those of tier entries come first. */
export const kindNumbers: ReadonlyMap<string, number> = new Map(
  ['tier.assigned', 'client.ended', 'client.resumed', 'client.added', 'client.edited', 'entry.retracted'].map(
    (kind, place) => [kind, place],
  ),
)
const [, , resumed = 0] = kindNumbers.values()

/** Whether entries with this kind number say which tier a client is on or whether it is served. */
export const isTierKind = (kind: number): boolean => kind <= resumed
