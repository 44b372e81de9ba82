// Saves clients of the table as a CSV file, and says so.
import type { ClientRow } from '@tierbook/core'
import type { AppState } from '#lib/app/app-state.svelte.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import { m } from '#lib/paraglide/messages.js'
import { downloadText } from '#lib/ui/download-text.ts'
import { fileNameOf } from '#lib/ui/file-name.ts'
import { momentInName, type TableMoment, tableToCsv } from './export-table.ts'
import type { OverviewState } from './overview-state.svelte.ts'

/** The clients, and the view and the day that they are of. */
export interface TableDownload {
  readonly view: BookView
  readonly overview: OverviewState
  readonly rows: readonly ClientRow[]
}

/** The byte order mark tells Excel that the file is UTF-8. */
export function downloadTable(app: AppState, { view, overview, rows }: TableDownload): void {
  const { isElsewhere, asOf, knownOn } = overview
  const moment: TableMoment | null = isElsewhere ? { asOf: asOf ?? view.today(), knownOn } : null
  const csv = tableToCsv({ rows, tiers: view.tiers, moment })
  const name = fileNameOf(view.settings.name, `clients${momentInName(moment)}.csv`)
  downloadText(name, `\uFEFF${csv}`, 'text/csv;charset=utf-8')
  app.notices.done(m.overview_exported({ clients: m.ui_clients({ count: rows.length }) }))
}
