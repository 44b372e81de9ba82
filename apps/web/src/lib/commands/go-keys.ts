// Where `g` and a second key lead.
import type { navItems } from '#lib/app/nav-items.ts'

export const goKeys: Readonly<Record<string, (typeof navItems)[number]['href']>> = {
  o: '/',
  v: '/invoices',
  r: '/reports',
  c: '/changes',
  i: '/import',
  d: '/settings/devices',
  s: '/settings',
}
