// What a person is told when the book could not be kept or the server refused it, and what they can do: in words of the office, not of storage.
import type { BookStatus, SetAside } from '@tierbook/core'
import { m } from '#lib/paraglide/messages.js'

/** What the button beside the words does. */
export type SafetyAction = 'store-again' | 'reload' | 'dismiss' | 'dismiss-kept' | null

/** One message over every page. */
export interface SafetyWords {
  readonly tone: 'problem' | 'busy' | 'good'
  readonly title: string
  readonly lines: readonly string[]
  readonly action: SafetyAction
  /** Whether there is something to look at under "Kept aside". */
  readonly hasKept: boolean
}

/** Gives the most urgent message; null where all is well. Of what is kept aside nobody has seen `unseen` things. */
export function safetyWords(status: BookStatus, unseen: number): SafetyWords | null {
  return storageWords(status) ?? recoveryWords(status) ?? keptWords(unseen)
}

function storageWords({ storage, storageFault, storageProblem, sync, setAside }: BookStatus): SafetyWords | null {
  const words = (title: string, text: string, action: SafetyAction = null): SafetyWords => ({
    tone: 'problem',
    title,
    lines: [text],
    action,
    hasKept: setAside > 0,
  })
  if (storage === 'memory' && sync !== 'none') return words(m.safety_blocked(), m.safety_blocked_text())
  if (storage !== 'failed') return null
  if (storageFault === 'full') return words(m.safety_full(), m.safety_full_text())
  if (storageFault === 'upgraded') return words(m.safety_upgraded(), m.safety_upgraded_text(), 'reload')
  if (storageFault === 'removed' || storageFault === 'closed')
    return words(m.safety_removed(), m.safety_removed_text(), 'store-again')
  return words(m.safety_failed(), m.safety_failed_text({ why: storageProblem ?? '' }))
}

function recoveryWords({ recovery, setAside }: BookStatus): SafetyWords | null {
  if (!recovery) return null
  const hasKept = setAside > 0
  if (recovery.phase === 'running') {
    return { tone: 'busy', title: m.safety_recovering(), lines: [m.safety_recovering_text()], action: null, hasKept }
  }
  if (recovery.phase === 'waiting') {
    const text = m.safety_waiting_text({ why: recovery.reason })
    return { tone: 'problem', title: m.safety_waiting(), lines: [text], action: 'reload', hasKept }
  }
  if (recovery.reason.startsWith('read-only')) {
    const lines = [m.safety_viewer_text(), m.safety_refused({ count: recovery.refused })]
    return { tone: 'problem', title: m.safety_viewer(), lines, action: 'dismiss', hasKept }
  }
  const isNoneBack = recovery.refused > 0 && recovery.sentAgain === 0
  const lines = [isNoneBack ? m.safety_recovered_kept() : m.safety_recovered_text()]
  if (recovery.sentAgain > 0) lines.push(m.safety_sent_again({ count: recovery.sentAgain }))
  if (recovery.refused > 0) lines.push(m.safety_refused({ count: recovery.refused }))
  if (recovery.ofOthers > 0) lines.push(m.safety_others({ count: recovery.ofOthers }))
  const isLost = /^(other-generation|rolled-back|rewritten)/.test(recovery.reason)
  const title = isLost ? m.safety_recovered_lost() : m.safety_recovered()
  return { tone: 'good', title, lines, action: 'dismiss', hasKept }
}

/** What was damaged, found alone, or refused without a recovery: nobody would look for it in the settings. */
function keptWords(unseen: number): SafetyWords | null {
  if (unseen === 0) return null
  const lines = [m.safety_kept_found_text({ count: unseen })]
  return { tone: 'problem', title: m.safety_kept_found(), lines, action: 'dismiss-kept', hasKept: true }
}

/** What a thing that was set aside is. */
export function kindWords({ kind, code }: SetAside): string {
  if (kind === 'row') return m.safety_kind_row()
  if (kind === 'journal') return m.safety_kind_journal()
  if (kind === 'replica') return m.safety_kind_replica()
  return code === null ? m.safety_kind_others() : m.safety_kind_refused()
}
