// How large an update may be, by what an honest one needs; checked before anything is allocated (AD1).

/** Most bytes of one update: a whole book of 10,000 clients and 40,000 actions is about 16 MiB. */
export const maxUpdateBytes = 16 * 1024 * 1024
/** Most bytes while an owner founds a book: 10,000 clients and 100,000 actions, a stock client's one frame, is 37 MiB. */
export const maxFoundingUpdateBytes = 64 * 1024 * 1024
/** Most structs of one update: 100,000 actions with ten described fields each. */
export const maxStructs = 1_000_000
/** Most ranges of a delete set: each sync carries the whole set, one range per overwritten field at worst. */
export const maxDeleteRanges = 2_000_000
/** Most Yjs client ids in one update: each opening of a book makes one, 500 people opening daily for half a year. */
export const maxClientIds = 100_000
/** Largest clock: far above what any session writes, far below where sums lose precision. */
export const maxClock = 2 ** 40
/** Largest Yjs client id (Yjs 13 draws 32 bits; 53 is what the encoding can carry). */
export const maxClientId = Number.MAX_SAFE_INTEGER
/** Most UTF-16 code units of a described field: a note has 10,000. */
export const maxFieldLength = 65_536
/** Most UTF-16 code units of a map key: an id, a slash and a field name. */
export const maxKeyLength = 128
/** Deepest nesting of an action's JSON: action → entries → entry → field → two levels for later versions. */
export const maxActionDepth = 16
/** How far a Lamport number may run ahead of the largest one known: 2^20 actions made offline. */
export const maxCounterLead = 2 ** 20
/** How far activity may lie ahead of the server's clock, in ms: feeds' clocks and zones are up to a day off. */
export const maxActivityLeadMs = 24 * 60 * 60 * 1000
