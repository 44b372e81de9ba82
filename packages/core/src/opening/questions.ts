// What an open book answers, all from the projection.
import type { AssumedTierChange, Book } from '../book.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { contestedClients, type IsUnsent, queryChanges } from '../projection/changes.ts'
import { factsKnownAt } from '../projection/rows-as-of.ts'
import { periodsBetween, stepOn, type TierFact, timelineOf, type TierStep } from '../projection/timeline.ts'

/** The reading half of a book. */
export type Questions = Pick<Book, (typeof questionNames)[number]>

/** Names of {@link Questions}. */
export const questionNames = [
  'settings',
  'today',
  'tiers',
  'clients',
  'contested',
  'receipts',
  'receivedAt',
  'client',
  'history',
  'changes',
  'tierOn',
  'tierPeriods',
  'actors',
  'revokedDevices',
  'views',
  'problems',
] as const

/** Answers from `projection`; `isUnsent` knows what the server has. */
export function createQuestions(projection: BookProjection, isUnsent: IsUnsent): Questions {
  const steps = (client: string, knownAt: number | undefined): readonly TierStep[] => {
    const state = projection.client(client)
    const recordedAt = projection.recordedAt(knownAt)
    return state ? factsKnownAt(state, knownAt, ({ logged }) => recordedAt(logged.row)).steps : []
  }
  const stepsWith = (client: string, knownAt: number | undefined, assumed: AssumedTierChange) => {
    const state = projection.client(client)
    const recordedAt = projection.recordedAt(knownAt)
    const standing = state ? factsKnownAt(state, knownAt, ({ logged }) => recordedAt(logged.row)).standing : []
    return timelineOf<TierFact>([...standing, factOf(assumed)])
  }
  return {
    settings: () => projection.settings(),
    today: () => projection.today(),
    tiers: () => projection.tiers(),
    clients: (query = {}) =>
      query.asOf === undefined && query.knownAt === undefined
        ? projection.rows.query(query)
        : projection.rowsAsOf(query, { on: query.asOf ?? projection.today(), knownAt: query.knownAt }),
    contested: () => contestedClients(projection),
    receipts: ({ knownAt } = {}) => ({
      received: countOf(projection, knownAt),
      actions: projection.log.size,
    }),
    receivedAt(action) {
      const logged = projection.log.get(action)
      return logged ? projection.receivedAt(logged.row) : null
    },
    client: (id) => projection.rows.get(id),
    history(client) {
      const changes = queryChanges(projection, { client }, isUnsent)
      return changes.slice(0, changes.length)
    },
    changes: (query = {}) => queryChanges(projection, query, isUnsent),
    tierOn: (client, date, { knownAt } = {}) => stepOn(steps(client, knownAt), date)?.tier ?? null,
    tierPeriods: (client, { from, to, knownAt, assuming }) =>
      periodsBetween(assuming ? stepsWith(client, knownAt, assuming) : steps(client, knownAt), from, to),
    actors: () => [...projection.actors.values()].map(({ id, name }) => ({ id, name })),
    revokedDevices: () =>
      [...projection.revoked].map((pair) => {
        const [actor = '', device = ''] = pair.split(' ')
        return { actor, device }
      }),
    views: () => projection.views(),
    problems() {
      const unreadable = [...projection.log.unreadable].map(([text, problem]) => ({ text, problem }))
      const conflicting = [...projection.log.conflicting].flatMap(([id, texts]) =>
        [...texts].map((text) => ({ text, problem: `the id ${id} came with ${texts.size} different texts` })),
      )
      return [...unreadable, ...conflicting]
    },
  }
}

function factOf({ to, effectiveOn: on }: AssumedTierChange): TierFact {
  if (typeof to === 'object') return { kind: 'tier.assigned', tier: to.tier, on }
  return { kind: to === 'end' ? 'client.ended' : 'client.resumed', tier: undefined, on }
}

function countOf(projection: BookProjection, knownAt = Number.POSITIVE_INFINITY): number {
  if (knownAt < projection.receipts.first) return 0
  const times = projection.receipts.times(projection.log, { withEarlier: true })
  let received = 0
  for (const row of projection.log.ordered()) if (times[row]) received += 1
  return received
}
