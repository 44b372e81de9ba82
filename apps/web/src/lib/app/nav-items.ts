// The pages of the app in the order of the navigation; `go` is the key that leads there after `g`.
import ChartColumn from '@lucide/svelte/icons/chart-column'
import FileText from '@lucide/svelte/icons/file-text'
import History from '@lucide/svelte/icons/history'
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone'
import Settings from '@lucide/svelte/icons/settings'
import TableProperties from '@lucide/svelte/icons/table-properties'
import Upload from '@lucide/svelte/icons/upload'
import { m } from '#lib/paraglide/messages.js'

export const navItems = [
  {
    href: '/',
    go: 'o',
    label: m.app_billing_overview,
    short: m.app_overview_short,
    icon: TableProperties,
    also: ['/settings/billing-overview', '/clients', '/contested'],
  },
  {
    href: '/invoices',
    go: 'v',
    label: m.app_invoices,
    short: m.app_invoices_short,
    icon: FileText,
    also: ['/prices', '/invoices'],
  },
  { href: '/reports', go: 'r', label: m.app_reports, short: m.app_reports, icon: ChartColumn, also: [] },
  { href: '/changes', go: 'c', label: m.app_change_log, short: m.app_changes_short, icon: History, also: [] },
  { href: '/import', go: 'i', label: m.app_import, short: m.app_import, icon: Upload, also: [] },
  { href: '/settings/devices', go: 'd', label: m.app_devices, short: m.app_devices, icon: MonitorSmartphone, also: [] },
  { href: '/settings', go: 's', label: m.app_settings, short: m.app_settings_short, icon: Settings, also: [] },
] as const

/** Whether `path` belongs to the item. */
export function isAt(item: (typeof navItems)[number], path: string): boolean {
  return path === item.href || item.also.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
}
