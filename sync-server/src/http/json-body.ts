// Reads a request's JSON body under a size cap and through a schema.
import type { IncomingMessage } from 'node:http'
import type * as z from 'zod'
import { problem, type Reply } from './reply.ts'

/** Largest body: an invite, two ids and two names are below 4 KiB. */
const maxBodyBytes = 16_384

/** The checked body or the refusal to send. */
export type BodyResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reply: Reply }

export async function readJsonBody<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
): Promise<BodyResult<z.infer<S>>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes)
      return { ok: false, reply: problem('too-large', `body: expected at most ${maxBodyBytes} bytes`) }
    chunks.push(chunk)
  }
  let json: unknown
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return { ok: false, reply: problem('invalid-body', 'body: expected JSON') }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  return {
    ok: false,
    reply: problem('invalid-body', `${field || 'body'}: ${issue?.message ?? 'invalid'}`, field || undefined),
  }
}
