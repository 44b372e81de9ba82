// The settings for people: what each is called, what it is without being set, and what it means.
import * as z from 'zod'
import { secretSettings, Settings, variables } from './settings.ts'

/** A setting for people: its variable, what it is without one, and what it means. */
export interface SettingDescription {
  readonly variable: string
  /** Null where there is none. */
  readonly default: string | null
  readonly meaning: string
}

/** Every setting, in the order of {@link variables}. */
export function describeSettings(): SettingDescription[] {
  return Object.entries(variables).map(([name, variable]) => {
    const schema = Settings.shape[name as keyof typeof variables]
    return { variable, default: readDefault(schema), meaning: schema.description ?? '' }
  })
}

/** What a server would use, for whoever wonders why; secrets are not shown. */
export function settingsInEffect(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): { variable: string; value: string; isSet: boolean }[] {
  return Object.entries(variables).map(([name, variable]) => {
    const value = settings[name as keyof Settings]
    const shown = Array.isArray(value) ? value.join(', ') : String(value ?? '')
    return {
      variable,
      value: secretSettings.has(name) && value !== undefined ? '[secret]' : shown,
      isSet: (environment[variable] ?? '').trim() !== '',
    }
  })
}

/** The default as it would be written into the environment. */
function readDefault(schema: z.ZodType): string | null {
  let inner: unknown = schema
  while (inner instanceof z.ZodPipe) inner = inner.def.in
  return inner instanceof z.ZodDefault ? String(inner.def.defaultValue) : null
}
