// The pages of the app in the order of the navigation.
import History from '@lucide/svelte/icons/history'
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone'
import Settings from '@lucide/svelte/icons/settings'
import TableProperties from '@lucide/svelte/icons/table-properties'
import Upload from '@lucide/svelte/icons/upload'

export const navItems = [
  {
    href: '/',
    label: 'Billing Overview',
    short: 'Overview',
    icon: TableProperties,
    also: ['/settings/billing-overview', '/clients'],
  },
  { href: '/changes', label: 'Change log', short: 'Changes', icon: History, also: [] },
  { href: '/import', label: 'Import', short: 'Import', icon: Upload, also: [] },
  { href: '/settings/devices', label: 'Devices', short: 'Devices', icon: MonitorSmartphone, also: [] },
  { href: '/settings', label: 'Settings', short: 'Settings', icon: Settings, also: [] },
] as const

/** Whether `path` belongs to the item. */
export function isAt(item: (typeof navItems)[number], path: string): boolean {
  return path === item.href || item.also.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
}
