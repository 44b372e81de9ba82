// The book's status, from confirmed writes and acknowledgements only (SY2).
import type { BookStatus, RecoveryReport, SyncState } from '../book.ts'
import type { BookProjection } from '../projection/book-projection.ts'
import type { ServerFacts } from '../protocol/server-facts.ts'
import type { CommandError } from '../result.ts'
import { fail } from '../result.ts'
import { schemaVersion } from '../schema/action.ts'
import type { Durability } from './durability.ts'
import type { Keeper } from './keeper.ts'

/** The current status and what changes it. */
export interface Status {
  readonly current: BookStatus
  /** Works the status out again; true when it differs from before. */
  refresh(): boolean
  noteSync(state: SyncState, reason: string | null): void
  noteLoaded(): void
  noteFacts(facts: Partial<ServerFacts>): void
  /** Why commands are refused now, if they are. */
  refusal(): CommandError | null
}

/** Watches the parts of an open book. */
export function createStatus(parts: {
  projection: BookProjection
  durability: Durability
  keeper: Keeper
  outside: { setAside(): number; recovery(): RecoveryReport | null; isViewer(): boolean }
  isDurable: boolean
  hasSync: boolean
}): Status {
  const { projection, durability, keeper } = parts
  let sync: SyncState = parts.hasSync ? 'connecting' : 'none'
  let reason: string | null = null
  let loaded = !parts.hasSync || projection.log.size > 0
  let facts: ServerFacts = { storing: true, replicated: false }
  let current = build()

  function build(): BookStatus {
    return {
      storage: keeper.problem ? 'failed' : !parts.isDurable ? 'memory' : keeper.isSaving ? 'saving' : 'saved',
      storageProblem: keeper.problem?.message ?? null,
      storageFault: keeper.problem?.code ?? null,
      setAside: parts.outside.setAside(),
      recovery: parts.outside.recovery(),
      sync,
      reason,
      savingPaused: !facts.storing,
      replicated: facts.replicated,
      unsent: parts.hasSync ? durability.unsent : 0,
      loaded,
      readOnly: projection.schema() > schemaVersion ? 'newer-schema' : parts.outside.isViewer() ? 'viewer' : null,
      unreadable: projection.log.unreadable.size,
      conflicting: projection.log.conflicting.size,
      importing: importInProgress(projection),
    }
  }

  return {
    get current() {
      return current
    },
    refresh() {
      const next = build()
      const changed = !isSame(next, current)
      if (changed) current = next
      return changed
    },
    noteSync(state, why) {
      sync = state
      reason = why
    },
    noteFacts(told) {
      facts = { ...facts, ...told }
    },
    noteLoaded() {
      loaded = true
    },
    refusal() {
      if (projection.schema() > schemaVersion) {
        return fail(
          'newer-schema',
          `the book has schema ${projection.schema()}, this version writes ${schemaVersion}; update the app to edit it`,
        ).error
      }
      return parts.outside.isViewer() ? fail('read-only', 'you may view this book, not change it').error : null
    },
  }
}

function importInProgress(projection: BookProjection): BookStatus['importing'] {
  for (const [batch, { of, seen }] of projection.imports) {
    if (seen.size < of) return { batch, done: seen.size, of }
  }
  return null
}

/** Asked with every edit, and most fields are plain values. */
function isSame(a: BookStatus, b: BookStatus): boolean {
  for (const key of Object.keys(a) as (keyof BookStatus)[])
    if (!Object.is(a[key], b[key]) && JSON.stringify(a[key]) !== JSON.stringify(b[key])) return false
  return true
}
