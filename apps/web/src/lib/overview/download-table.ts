// Saves clients of the table as a CSV file, and says so.
import type { ClientRow } from '@tierbook/core'
import type { AppState } from '#lib/app/app-state.svelte.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { downloadText } from '#lib/ui/download-text.ts'
import { fileNameOf } from '#lib/ui/file-name.ts'
import { tableToCsv } from './export-table.ts'

/** The byte order mark tells Excel that the file is UTF-8. */
export function downloadTable(app: AppState, view: BookView, rows: readonly ClientRow[]): void {
  const csv = tableToCsv({ rows, tiers: view.tiers })
  downloadText(fileNameOf(view.settings.name, 'clients.csv'), `\uFEFF${csv}`, 'text/csv;charset=utf-8')
  app.notices.done(m.overview_exported({ clients: m.ui_clients({ count: rows.length }) }))
}
