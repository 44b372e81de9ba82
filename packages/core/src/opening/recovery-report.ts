// What a recovery tells, as it is stored: a kill at any moment leaves what was refused to be told at the next opening.
import * as z from 'zod/mini'
import type { RecoveryReport } from '../book.ts'

const counts = { sentAgain: z.number(), refused: z.number(), ofOthers: z.number() }

const StoredReport = z.object({
  phase: z.enum(['running', 'waiting', 'done']),
  at: z.number(),
  reason: z.string(),
  ...counts,
  /** What there is to tell once another document is in the place of the one that is called `from`. */
  next: z.optional(z.object({ from: z.string(), ...counts })),
})

/** A change of what is stored. */
export type ReportChange = Partial<z.infer<typeof StoredReport>>

/**
 * The report that an earlier opening left, where there is something to tell. One that was cut short begins again by itself, since the server refuses again;
 * what an earlier one did stays to be told. Where it was cut short behind the exchange of documents, it was all but over.
 */
export function readReport(stored: unknown, documentName: string): RecoveryReport | null {
  const read = StoredReport.safeParse(stored)
  if (!read.success) return null
  const { next, ...report } = read.data
  if (next && next.from !== documentName) {
    const { from: _, ...told } = next
    return { ...report, ...told, phase: 'done' }
  }
  const hasTold = report.phase === 'done' || report.sentAgain + report.refused + report.ofOthers > 0
  return hasTold ? { ...report, phase: 'done' } : null
}
