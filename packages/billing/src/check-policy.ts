// Checks a policy that came from elsewhere: a seal, a script, another version. Beside the policies themselves, since it asks the calendar for time zones
// and a page that offers them does not.
import { isTimeZone } from './plain-date.ts'
import type { Policy } from './policy.ts'
import { fail, type Result } from './result.ts'

const choices = {
  unit: ['day', 'second'],
  denominator: ['actual', 'fixed30', 'monthFraction'],
  changeDay: ['new', 'old'],
  endDay: ['free', 'billed'],
  start: ['prorate', 'full'],
  end: ['prorate', 'full'],
  upgrade: ['now', 'term', 'whole'],
  downgrade: ['now', 'term', 'whole'],
  credit: ['none', 'capped'],
  adjustments: ['net', 'itemised'],
  rounding: ['halfUp', 'halfEven'],
  roundAt: ['line', 'unit'],
} as const satisfies { readonly [K in keyof Policy]: readonly Policy[K][] }

/** Gives the policy without whatever else it carried. */
export function checkPolicy(value: unknown, timeZone: string): Result<Policy> {
  if (typeof value !== 'object' || value === null)
    return fail('bad-policy', 'policy', `policy: expected an object, got ${JSON.stringify(value)}`)
  const fields = Object.entries(choices)
  for (const [field, allowed] of fields) {
    const given = (value as Record<string, unknown>)[field]
    if (!(allowed as readonly unknown[]).includes(given))
      return fail(
        'bad-policy',
        `policy.${field}`,
        `policy.${field}: expected ${allowed.join(', ')}, got ${JSON.stringify(given)}`,
      )
  }
  const policy = Object.fromEntries(fields.map(([field]) => [field, (value as Record<string, unknown>)[field]]))
  if (policy['unit'] === 'second' && policy['denominator'] !== 'actual')
    return fail(
      'bad-policy',
      'policy.denominator',
      `policy.denominator: seconds are a part of the actual period only, got ${String(policy['denominator'])}`,
    )
  if (!isTimeZone(timeZone))
    return fail(
      'unknown-time-zone',
      'timeZone',
      `timeZone: expected a name such as Europe/Berlin, got ${JSON.stringify(timeZone)}`,
    )
  return { ok: true, value: policy as unknown as Policy }
}
