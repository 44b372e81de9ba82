// What an actor did, as units that are undone as one: an action, or all actions of a batch; and which of them are undone by now.
import { readAction } from '../log/logged-action.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import type { Action } from '../schema/action.ts'

/** A unit with the actions that carry its effect, or, once it is undone, the undoing. */
export interface Unit {
  readonly id: string
  readonly isBatch: boolean
  readonly isUndone: boolean
  readonly actions: readonly Action[]
  readonly carriers: readonly Action[]
  /** Ids of all actions that ever undid it or did it again. */
  readonly undoings: ReadonlySet<string>
}

interface Undoing {
  isUndone: boolean
  /** Actions that undid it, or did it again, last; in log order. */
  carriers: string[]
  /** All actions that ever undid it or did it again. */
  readonly all: Set<string>
}

/** The units of a log. */
export interface Units {
  /** The last one that `actor` did, or did again, and that is not undone. */
  lastDone(actor: string): Unit | undefined
  /** The one that `actor` undid last, unless it did something since that changes the book. */
  lastUndone(actor: string): Unit | undefined
  find(id: string): Unit | undefined
  /** Whether an action has no effect any more, since its unit is undone, or was only part of undoing it. */
  isVoid(action: string): boolean
  /** Whether an action only undid something or did it again. */
  isUndoing(action: string): boolean
}

/** What nobody did: devices say it by themselves. */
const unasked: ReadonlySet<string> = new Set(['action.withdrawn'])
/** What changes nothing that could be done again otherwise, and so leaves standing what there is to redo. */
const harmless: ReadonlySet<string> = new Set([...unasked, 'run.exported', 'device.revoked'])
const markers: ReadonlySet<string> = new Set(['action.undone', 'action.redone'])

/** Reads the units of a log as it stands. Only what undid something is parsed, and what is asked for. */
export function readUnits(projection: BookProjection): Units {
  const { log } = projection
  const ordered = log.ordered()
  const undoings = new Map<string, Undoing>()
  const unitOfMarker = new Map<string, string>()
  const batchOf = new Map<string, string>()
  for (const [batch, { seen }] of projection.imports) for (const action of seen) batchOf.set(action, batch)
  for (const row of ordered) {
    if (log.table.kindsOf(row).some((kind) => markers.has(kind))) noteMarker(readAction(log.at(row)))
  }

  function noteMarker({ id, entries }: Action): void {
    const marker = entries.find(({ kind }) => markers.has(kind))
    if (!marker) return
    const undoes = marker.kind === 'action.undone'
    const undoing = undoings.get(marker.subject) ?? { isUndone: false, carriers: [], all: new Set<string>() }
    if (undoing.isUndone !== undoes) undoing.carriers = []
    undoing.isUndone = undoes
    undoing.carriers.push(id)
    undoing.all.add(id)
    undoings.set(marker.subject, undoing)
    unitOfMarker.set(id, marker.subject)
  }

  const unitOf = (action: string) => batchOf.get(action) ?? action
  const read = (ids: Iterable<string>): Action[] =>
    [...ids].flatMap((id) => {
      const logged = log.get(id)
      return logged ? [readAction(logged)] : []
    })

  function find(id: string): Unit | undefined {
    const seen = projection.imports.get(id)?.seen
    const actions = read(seen ?? [id]).sort((a, b) => a.n - b.n)
    if (actions.length === 0 || actions.some((action) => unitOfMarker.has(action.id))) return undefined
    const undoing = undoings.get(id)
    const carriers = undoing ? read(undoing.carriers) : actions
    return {
      id,
      isBatch: seen !== undefined,
      isUndone: undoing?.isUndone === true,
      actions,
      carriers,
      undoings: undoing?.all ?? new Set(),
    }
  }

  /** What an actor wrote, newest first, but for actions with entries of these kinds. */
  function* idsOf(actor: string, beside: ReadonlySet<string>): IterableIterator<string> {
    for (let place = ordered.length - 1; place >= 0; place--) {
      const logged = log.at(ordered[place] ?? -1)
      if (logged.by === actor && !logged.kinds.some((kind) => beside.has(kind))) yield logged.id
    }
  }

  const isLast = (undoing: Undoing | undefined, id: string, { isUndone }: { isUndone: boolean }) =>
    undoing?.isUndone === isUndone && undoing.carriers.includes(id)

  return {
    find,
    lastDone(actor) {
      for (const id of idsOf(actor, unasked)) {
        const unit = unitOfMarker.get(id)
        const undoing = undoings.get(unit ?? unitOf(id))
        // What was done again counts from then on, also where something else was done between.
        const isDone = unit === undefined ? undoing?.isUndone !== true : isLast(undoing, id, { isUndone: false })
        if (isDone) return find(unit ?? unitOf(id))
      }
      return undefined
    },
    lastUndone(actor) {
      for (const id of idsOf(actor, harmless)) {
        const unit = unitOfMarker.get(id)
        if (unit === undefined) return undefined
        if (isLast(undoings.get(unit), id, { isUndone: true })) return find(unit)
      }
      return undefined
    },
    isUndoing: (action) => unitOfMarker.has(action),
    isVoid(action) {
      return undoings.get(unitOfMarker.get(action) ?? unitOf(action))?.isUndone === true
    },
  }
}
