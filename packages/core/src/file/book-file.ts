// A whole book as one file, to keep and to open elsewhere: a line of JSON that says what it is, then the document; the two together gzip-compressed.
import { sha256 } from '@noble/hashes/sha2.js'
import * as Y from 'yjs'
import * as z from 'zod/mini'
import type { Book } from '../book.ts'
import { fail, type Result, succeed } from '../result.ts'
import { bytesToBase64Url, Id } from '../schema/ids.ts'

/** The version that this one writes, and the newest that it reads. */
const version = 1
/** A book far beyond 100,000 actions. */
const maxUnpackedBytes = 256 * 1024 * 1024
const maxHeaderBytes = 4096
const newline = 0x0a

const Header = z.object({
  format: z.literal('tierbook-book'),
  version: z.int().check(z.gte(1)),
  book: Id,
  name: z.string().check(z.maxLength(1000)),
  savedAt: z.iso.datetime(),
  /** Actions in its log. */
  actions: z.int().check(z.gte(0)),
  /** Of the document that follows. */
  bytes: z.int().check(z.gte(0)),
  /** SHA-256 of the document, base64url. */
  sha256: z.string(),
})

/** What a file holds. Nothing of `copy` was applied anywhere: hand it to {@link Book.mergeCopy}, which judges it first. */
export interface BookFile {
  readonly book: string
  readonly name: string
  /** Epoch ms, by the clock of the device that wrote it. */
  readonly savedAt: number
  readonly actions: number
  /** The whole document as a Yjs v1 update. */
  readonly copy: Uint8Array
}

/**
 * Writes an open book into a file: what is in the document, with the changes that wait to be sent. What was set aside is not in it.
 * @example
 * await writeFile('northwind.tierbook', await writeBookFile(book))
 */
export async function writeBookFile(
  book: Pick<Book, 'id' | 'doc' | 'settings'>,
  options: { now?: () => number } = {},
): Promise<Uint8Array> {
  const copy = Y.encodeStateAsUpdate(book.doc)
  const header: z.infer<typeof Header> = {
    format: 'tierbook-book',
    version,
    book: book.id,
    name: book.settings().name,
    savedAt: new Date((options.now ?? Date.now)()).toISOString(),
    actions: book.doc.getArray('log').length,
    bytes: copy.length,
    sha256: bytesToBase64Url(sha256(copy)),
  }
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`)
  return collect(streamOf(line, copy).pipeThrough(new CompressionStream('gzip')), Infinity)
}

/**
 * Reads a file that {@link writeBookFile} wrote, and checks that it is whole. Fails with `not-a-book-file`, `newer-book-file` or `damaged-book-file`; with the
 * last where it unpacks to more than `mostBytes` (256 MiB unless said otherwise), before that fills the memory.
 * @example
 * const file = await readBookFile(await readFile('northwind.tierbook'))
 * if (file.ok) {
 *   const book = await openBook({ id: file.value.book, author, storage: memory() })
 *   await book.mergeCopy(file.value.copy)
 * }
 */
export async function readBookFile(
  file: Uint8Array,
  { mostBytes = maxUnpackedBytes }: { mostBytes?: number } = {},
): Promise<Result<BookFile>> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return notOurs(`it begins with ${describeStart(file)}`)
  let unpacked: Uint8Array
  try {
    unpacked = await collect(streamOf(file).pipeThrough(new DecompressionStream('gzip')), mostBytes)
  } catch (cause) {
    return fail(
      'damaged-book-file',
      `file: expected a whole book file, got one that cannot be unpacked: ${messageOf(cause)}`,
    )
  }
  const end = unpacked.subarray(0, maxHeaderBytes).indexOf(newline)
  const header = end < 0 ? undefined : readJson(new TextDecoder().decode(unpacked.subarray(0, end)))
  const claimed = z.looseObject({ format: z.literal('tierbook-book'), version: z.number() }).safeParse(header)
  if (!claimed.success) return notOurs('its first line says something else')
  if (claimed.data.version > version)
    return fail(
      'newer-book-file',
      `file: expected version ${version} or older, got ${claimed.data.version}; update Tierbook to open it`,
    )
  const read = Header.safeParse(header)
  if (!read.success)
    return fail('damaged-book-file', `file: its first line cannot be read: ${z.prettifyError(read.error)}`)
  const { book, name, savedAt, actions, bytes, sha256: expected } = read.data
  const copy = unpacked.slice(end + 1)
  if (copy.length !== bytes || bytesToBase64Url(sha256(copy)) !== expected)
    return fail(
      'damaged-book-file',
      `file: expected ${bytes} bytes with SHA-256 ${expected}, got ${copy.length} bytes that differ`,
    )
  return succeed({ book, name, savedAt: Date.parse(savedAt), actions, copy })
}

function notOurs(why: string): Result<never> {
  return fail(
    'not-a-book-file',
    `file: expected a book that Tierbook saved (.tierbook), got another kind of file: ${why}`,
  )
}

function describeStart(file: Uint8Array): string {
  return file.length === 0 ? 'nothing' : JSON.stringify(new TextDecoder().decode(file.subarray(0, 16)))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob(chunks as Uint8Array<ArrayBuffer>[]).stream()
}

async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const reader = stream.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > limit) {
      await reader.cancel()
      throw new RangeError(`expected at most ${limit} bytes`)
    }
    chunks.push(part.value as Uint8Array<ArrayBuffer>)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
