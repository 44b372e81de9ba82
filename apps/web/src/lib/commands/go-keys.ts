// Where `g` and a second key lead.
export const goKeys: Readonly<Record<string, '/' | '/changes' | '/import' | '/settings/devices' | '/settings'>> = {
  o: '/',
  c: '/changes',
  i: '/import',
  d: '/settings/devices',
  s: '/settings',
}
