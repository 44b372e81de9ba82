// Builds the naive page and serves it with the book's bytes, on a free port of this machine.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** A running site. */
export interface NaiveSite {
  readonly url: string
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Serves the page; `book` is what it stores when it is asked to seed itself. */
export async function openNaiveSite(book: Uint8Array): Promise<NaiveSite> {
  const folder = await mkdtemp(join(tmpdir(), 'tierbook-naive-page-'))
  await build({
    root: fileURLToPath(new URL('../naive-page/', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    build: { outDir: folder, emptyOutDir: true, target: 'es2023' },
  })
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = normalize(path === '/' ? '/index.html' : path)
    const content = file === '/book.bin' ? Promise.resolve(book) : readFile(join(folder, file))
    content.then(
      (bytes) =>
        response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
