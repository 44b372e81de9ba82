// What an open book answers, all from the projection.
import type { Book } from '../book.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import { queryChanges } from '../projection/changes.ts'
import { tierFacts } from '../projection/tier-facts.ts'
import { idOfEvent } from '../projection/tier-event.ts'
import { periodsBetween, stepOn, type TierStep } from '../projection/timeline.ts'

/** The reading half of a book. */
export type Questions = Pick<Book, (typeof questionNames)[number]>

/** Names of {@link Questions}. */
export const questionNames = [
  'settings',
  'today',
  'tiers',
  'clients',
  'client',
  'history',
  'changes',
  'tierOn',
  'tierPeriods',
  'actors',
  'problems',
] as const

/** Answers from `projection`. */
export function createQuestions(projection: BookProjection): Questions {
  const steps = (client: string, knownAt: number | undefined): readonly TierStep[] => {
    const state = projection.client(client)
    if (!state || knownAt === undefined) return state?.facts().steps ?? []
    // TL5: only what was recorded by then counts, retractions included.
    const known = state.events.filter((event) => event.logged.at <= knownAt)
    const retracted = known
      .map(idOfEvent)
      .filter((id) => (state.retractionOf(id)?.logged.at ?? Number.POSITIVE_INFINITY) <= knownAt)
    return tierFacts(known, new Set(retracted)).steps
  }
  return {
    settings: () => projection.settings(),
    today: () => projection.today(),
    tiers: () => projection.tiers(),
    clients: (query = {}) => projection.rows.query(query),
    client: (id) => projection.rows.get(id),
    history(client) {
      const changes = queryChanges(projection, { client })
      return changes.slice(0, changes.length)
    },
    changes: (query = {}) => queryChanges(projection, query),
    tierOn: (client, date, { knownAt } = {}) => stepOn(steps(client, knownAt), date)?.tier ?? null,
    tierPeriods: (client, { from, to, knownAt }) => periodsBetween(steps(client, knownAt), from, to),
    actors: () => [...projection.actors.values()].map(({ id, name }) => ({ id, name })),
    problems() {
      const unreadable = [...projection.log.unreadable].map(([text, problem]) => ({ text, problem }))
      const conflicting = [...projection.log.conflicting].flatMap(([id, texts]) =>
        [...texts].map((text) => ({ text, problem: `the id ${id} came with ${texts.size} different texts` })),
      )
      return [...unreadable, ...conflicting]
    },
  }
}
