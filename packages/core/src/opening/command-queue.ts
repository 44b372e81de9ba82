// Runs commands one after the other: each decides on what the one before it left, and resolves when its action is in the document.
import type { ActivityDraft } from '../commands/activity.ts'
import type { Draft } from '../commands/draft.ts'
import { fail, type Result, succeed } from '../result.ts'
import type { Appender, Written } from './append.ts'
import type { Status } from './status.ts'

/** The one way to write into a book. */
export interface CommandQueue {
  run<T>(name: string, decide: () => Result<Draft<T>>): Promise<Result<T>>
  /** Writes a feed's report. */
  report(name: string, decide: () => Result<ActivityDraft>): Promise<Result<{ written: number }>>
  /** Does `work` after the commands that wait, before those that come. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when no command waits. */
  idle(): Promise<void>
  /** Lets waiting commands end and refuses later ones. */
  close(): Promise<void>
}

/** Makes the queue; `keep` hands what was written to this device's storage. */
export function createCommandQueue(parts: {
  status: Status
  appender: Appender
  keep: (written: Written) => void
}): CommandQueue {
  const { status, appender, keep } = parts
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false

  function enqueue<T>(work: () => Result<T>): Promise<Result<T>> {
    if (isClosed) return Promise.resolve(fail('closed', 'the book is closed'))
    const next = last.then(() => {
      const refusal = status.refusal()
      return refusal ? { ok: false as const, error: refusal } : work()
    })
    // A bug in one command must not stop the ones behind it; its own caller sees the rejection.
    last = next.catch(() => undefined)
    return next
  }

  return {
    run: (name, decide) =>
      enqueue(() => {
        const draft = decide()
        if (!draft.ok) return draft
        const appended = appender.append(name, draft.value)
        if (!appended.ok) return appended
        keep(appended.value.written)
        return succeed(appended.value.value)
      }),
    report: (name, decide) =>
      enqueue(() => {
        const draft = decide()
        if (!draft.ok) return draft
        if (draft.value.texts.length > 0) keep(appender.report(name, draft.value))
        return succeed({ written: draft.value.clients })
      }),
    exclusively(work) {
      const next = last.then(work)
      last = next.catch(() => undefined)
      return next
    },
    async idle() {
      await last
    },
    async close() {
      isClosed = true
      await last
    },
  }
}
