// What was exported of a book's invoices: notes in the log, and, on a device that may not write, notes of its own.
import type { ExportFields } from '@tierbook/core'
import * as z from 'zod/mini'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { readStored, writeStored } from '#lib/device/stored-json.ts'

const Past = z.object({
  from: z.string(),
  to: z.string(),
  format: z.string(),
  hash: z.string(),
  files: z.array(z.string()),
  by: z.string(),
  at: z.number(),
})
const Pasts = z.array(Past)
/** One export. */
export type PastExport = Readonly<z.infer<typeof Past>>
const mostKept = 500

/** Reads and notes exports of the open book. */
export function createPastExports(view: BookView, options: { storage: Storage; now: () => number }) {
  const key = `tierbook.own-exports.${view.book.id}`
  const own = () => readStored(options.storage, key, Pasts).value ?? []
  return {
    /** Those that share days with a period, newest first. */
    of({ from, to }: { from: string; to: string }): readonly PastExport[] {
      return [...view.exports(), ...own()]
        .filter((past) => past.from < to && from < past.to)
        .sort((a, b) => b.at - a.at)
    },
    async note(exported: ExportFields): Promise<void> {
      const noted = view.canWrite ? await view.book.noteExport(exported) : null
      if (noted?.ok) return
      const past = { ...exported, by: view.book.author.id, at: options.now() }
      writeStored(options.storage, key, [...own(), past].slice(-mostKept))
    },
  }
}
