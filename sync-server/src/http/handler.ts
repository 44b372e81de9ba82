// Which part of the server answers a request: health, metrics, the JSON API or the app.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import { answerApi, type ApiContext } from './api.ts'
import { clientAddress } from './client-address.ts'
import { isOriginAllowed } from './origin.ts'
import { createRateLimit } from './rate-limit.ts'
import { problem, type Reply, sendReply } from './reply.ts'
import { setSecurityHeaders } from './security-headers.ts'
import type { StaticApp } from './static-app.ts'

export interface HandlerOptions {
  readonly api: ApiContext
  readonly app: StaticApp
  readonly metrics: Metrics
  readonly metricsToken: string | undefined
  readonly allowedOrigins: ReadonlySet<string>
  readonly trustProxy: boolean
  readonly requestsPerMinute: number
  /** Drawn at start: whoever reads it here and in the data folder knows that both are one server. */
  readonly instance: string
  readonly checkReady: () => Promise<string | null>
  readonly logger: Logger
}

/** Links that are tried out; an office that opens an old one together comes to a handful. */
const refusedJoinsPerMinute = 20

/** The request handler of a `node:http` server. */
export function createHandler(options: HandlerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const calls = createRateLimit({ limit: options.requestsPerMinute, windowMs: 60_000 })
  const refusedJoins = createRateLimit({ limit: refusedJoinsPerMinute, windowMs: 60_000 })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response)
    const path = pathOf(request)
    switch (path) {
      case '/healthz':
        return sendReply(response, { status: 200, body: { status: 'ok', instance: options.instance } })
      case '/readyz': {
        const reason = await options.checkReady()
        return sendReply(
          response,
          reason === null
            ? { status: 200, body: { status: 'ready' } }
            : { status: 503, body: { status: 'not-ready', reason } },
        )
      }
      case '/metrics':
        return answerMetrics(request, response)
    }
    if (path === '/api' || path.startsWith('/api/')) return sendReply(response, await answerApiSafely(request, path))
    options.app(request, response)
  }

  async function answerApiSafely(request: IncomingMessage, path: string): Promise<Reply> {
    if (!isOriginAllowed(request, options.allowedOrigins))
      return problem('origin-not-allowed', 'pages of this origin may not call the API')
    const address = clientAddress(request, options)
    // Looking at an invite tells as well whether it holds: whoever tries links out is counted at both.
    const isJoining = path === '/api/join' || path === '/api/invite'
    if (!calls.take(address) || (isJoining && !refusedJoins.allows(address))) {
      if (isJoining) options.metrics.refusedJoins.inc()
      return {
        ...problem('too-many-requests', 'too many calls from this address; wait a minute'),
        headers: { 'retry-after': '60' },
      }
    }
    const reply = await answerApi(options.api, request, path)
    if (isJoining && (reply.status === 401 || reply.status === 403)) {
      refusedJoins.take(address)
      options.metrics.refusedJoins.inc()
    }
    return reply
  }

  async function answerMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, metricsToken } = options
    if (metricsToken !== undefined && !isSameSecret(request.headers.authorization, `Bearer ${metricsToken}`)) {
      return sendReply(response, problem('token-invalid', 'expected the metrics token as a bearer token'))
    }
    response.writeHead(200, { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' })
    response.end(await metrics.registry.metrics())
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Whoever hangs up in the middle of a request is no fault of the server, and must not fill its log.
      if (request.destroyed && !request.complete) {
        options.logger.debug({ method: request.method, path: pathOf(request) }, 'a request was cut off')
        return void response.destroy()
      }
      options.logger.error({ err: error, method: request.method, path: pathOf(request) }, 'a request failed')
      if (response.headersSent) response.destroy()
      else sendReply(response, problem('internal', 'the server failed; its log says why'))
    })
  }
}

/** In a time that says nothing about how much of it was right. */
function isSameSecret(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return given !== undefined && timingSafeEqual(digest(given), digest(expected))
}

/** Without the query, which may hold a stock client's token. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/'
}
