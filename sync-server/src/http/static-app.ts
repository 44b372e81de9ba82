// Serves the built app: hashed files for ever, everything else checked again, and its shell for pages it does not list.
import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'

/** Answers GET and HEAD for the app's files and pages. */
export type StaticApp = (request: IncomingMessage, response: ServerResponse) => void

/** The app in `folder`, by default the one in the package, else the one built in the repository. */
export function createStaticApp(folder: string | undefined): StaticApp {
  const found = folder ?? defaultFolders.find((candidate) => existsSync(join(candidate, shell)))
  if (found === undefined || !existsSync(join(found, shell))) return answerWithoutApp
  const serve = sirv(found, {
    etag: true,
    single: shell,
    gzip: true,
    brotli: true,
    setHeaders: setCacheHeaders,
    onNoMatch: notFound,
  })
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed(response)
    // Whole files only: they are small, and sirv takes ranges that end before they begin.
    delete request.headers.range
    serve(request, response, () => notFound(request, response))
  }
}

const shell = '200.html'
const defaultFolders = ['../app', '../../app', '../../apps/web/build', '../../../apps/web/build'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

function setCacheHeaders(response: ServerResponse, pathname: string): void {
  // SvelteKit names these by their content. All else, the service worker above all, must be asked for anew to ever be updated.
  const isImmutable = pathname.startsWith('/_app/immutable/')
  response.setHeader('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .end('Not found\n')
}

function notAllowed(response: ServerResponse): void {
  response
    .writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' })
    .end('Method not allowed\n')
}

function answerWithoutApp(request: IncomingMessage, response: ServerResponse): void {
  if (request.url !== '/') return notFound(request, response)
  const words =
    'The sync server runs; the app is not built here. Run `npm start` in the repository, or set TIERBOOK_APP.\n'
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(words)
}
