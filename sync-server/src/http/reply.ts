// Answers of the JSON API: values that handlers return, written in one place.
import type { ApiErrorBody, ApiErrorCode } from '@tierbook/core/protocol'
import type { ServerResponse } from 'node:http'

/** A status and what goes out as JSON. */
export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const statusOf: Readonly<Record<ApiErrorCode, number>> = {
  'invalid-body': 400,
  'book-required': 400,
  'invite-invalid': 401,
  'invite-expired': 401,
  'invite-used': 401,
  'token-invalid': 401,
  'token-expired': 401,
  revoked: 401,
  'not-allowed': 403,
  'actor-taken': 403,
  'origin-not-allowed': 403,
  'not-found': 404,
  'no-such-member': 404,
  'last-owner': 409,
  'no-such-book': 404,
  'method-not-allowed': 405,
  'too-large': 413,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
}

/** A refusal with its code's status. */
export function problem(code: ApiErrorCode, message: string, field?: string): Reply {
  const body: ApiErrorBody = { error: field === undefined ? { code, message } : { code, message, field } }
  return { status: statusOf[code], body }
}

/** Writes a reply; nothing of the API may be kept by a cache, answers hold tokens. */
export function sendReply(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(text)
}
