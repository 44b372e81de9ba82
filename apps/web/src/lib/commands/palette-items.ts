// What the command palette offers for what was typed: clients, tier changes, pages, filters and actions.
import type { ClientRow, Tier } from '@tierbook/core'
import type { AppState } from '#lib/app/app-state.svelte.ts'
import { navItems } from '#lib/app/nav-items.ts'
import type { BookView } from '#lib/book/book-view.svelte.ts'
import type { ClientFilter } from '#lib/overview/client-filter.ts'
import { errorWords } from '#lib/i18n/error-words.ts'
import { m } from '#lib/paraglide/messages.js'

/** One line of the palette. */
export interface PaletteItem {
  readonly id: string
  readonly group: 'clients' | 'actions' | 'filters' | 'pages'
  readonly text: string
  /** Beside the text, quieter. */
  readonly hint?: string
  readonly tier?: Tier
  readonly run: () => unknown
  /** Asks for this client's tier instead of running. */
  readonly tierOf?: ClientRow
}

/** What the palette needs from around it. */
export interface PaletteContext {
  readonly app: AppState
  readonly view: BookView
  readonly go: (path: string) => void
  readonly help: () => void
}

const offeredClients = 8

/** The lines for `typed`; with `client`, the tiers that it can go to. */
export function paletteItems(context: PaletteContext, typed: string, client: ClientRow | null): PaletteItem[] {
  const needle = typed.trim()
  if (client) return tierItems(context, client).filter(({ text }) => fits(text, needle))
  const items = [...actionItems(context), ...filterItems(context), ...pageItems(context)]
  return [...clientItems(context, needle), ...items.filter(({ text }) => fits(text, needle))]
}

/** Every word typed is somewhere in the text. */
function fits(text: string, needle: string): boolean {
  const lower = text.toLocaleLowerCase()
  return needle
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}

function clientItems({ view, go }: PaletteContext, needle: string): PaletteItem[] {
  if (needle === '') return []
  return view
    .clients({ search: needle })
    .slice(0, offeredClients)
    .flatMap((row) => {
      const tier = view.tier(row.tier)
      const open: PaletteItem = {
        id: `open-${row.id}`,
        group: 'clients',
        text: row.name,
        ...(tier ? { tier } : {}),
        run: () => go(`/clients/${row.id}`),
      }
      const change: PaletteItem = {
        id: `tier-${row.id}`,
        group: 'actions',
        text: m.commands_change_tier({ name: row.name }),
        run: () => undefined,
        tierOf: row,
      }
      return view.canWrite && row.status !== 'ended' ? [open, change] : [open]
    })
    .sort((a, b) => Number(a.group === 'actions') - Number(b.group === 'actions'))
}

function tierItems({ app, view }: PaletteContext, client: ClientRow): PaletteItem[] {
  return view.tiers.map((tier) => ({
    id: tier.id,
    group: 'actions',
    text: tier.name,
    tier,
    ...(tier.id === client.tier ? { hint: m.commands_current() } : {}),
    run: () => void assign(app, view, client, tier),
  }))
}

async function assign(app: AppState, view: BookView, client: ClientRow, tier: Tier): Promise<void> {
  if (tier.id === client.tier) return
  const saved = await view.book.assignTier({ client: client.id, tier: tier.id })
  if (!saved.ok) return app.notices.warn(`${client.name}: ${errorWords(saved.error)}`)
  app.notices.done(m.record_is_on({ client: client.name, tier: tier.name }), () =>
    app.undo({ unit: saved.value.action }),
  )
}

function actionItems({ app, view, help }: PaletteContext): PaletteItem[] {
  const { addClient, exportTable } = app.commands.offered
  const items: (PaletteItem | false | undefined)[] = [
    view.canWrite &&
      addClient && { id: 'add', group: 'actions', text: m.overview_add_client(), hint: 'N', run: addClient },
    exportTable && { id: 'export', group: 'actions', text: m.overview_export(), run: exportTable },
    { id: 'help', group: 'actions', text: m.commands_shortcuts(), hint: '?', run: help },
  ]
  return items.filter((item): item is PaletteItem => Boolean(item))
}

function filterItems({ app, go }: PaletteContext): PaletteItem[] {
  const choices: readonly [string, string, Partial<ClientFilter>, string][] = [
    ['contested', m.commands_show_contested(), { contested: true }, '?contested=1'],
    ['scheduled', m.commands_show_scheduled(), { scheduled: true }, '?scheduled=1'],
    ['idle', m.commands_show_idle(), { idleDays: 30 }, '?idle=30'],
    ['ended', m.commands_show_ended(), { statuses: ['ended'] }, '?status=ended'],
  ]
  return choices.map(([id, text, change, query]) => ({
    id: `filter-${id}`,
    group: 'filters',
    text,
    run: () => {
      const { filter } = app.commands.offered
      if (filter) filter(change)
      else go(`/${query}`)
    },
  }))
}

function pageItems({ go }: PaletteContext): PaletteItem[] {
  return navItems.map((item) => ({
    id: `page-${item.href}`,
    group: 'pages',
    text: m.commands_go_to({ page: item.label() }),
    run: () => go(item.href),
  }))
}
