// Turns a schema's complaint about a command's input into one message: the field, what was expected and what came.
import type * as z from 'zod/mini'
import { type CommandError, fail, type Result, succeed } from '../result.ts'

/** Checks `input` against `schema`. */
export function checkInput<T>(schema: z.ZodMiniType<T>, input: unknown): Result<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return succeed(parsed.data)
  const issue = parsed.error.issues[0]
  const field = issue?.path.map(String).join('.') ?? ''
  const came = issue?.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  )
  const error: CommandError = fail(
    'invalid-input',
    `${field || 'input'}: ${issue?.message ?? 'invalid'}, got ${quote(came)}`,
    field,
  ).error
  return { ok: false, error }
}

/** A short quotation of what came, safe to show. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
