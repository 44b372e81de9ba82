// A book as a file: saving the open one, and opening one from elsewhere, which brings its changes into the book of the same id.
import type { CommandError } from '@tierbook/core'
import { type BookFile, readBookFile, writeBookFile } from '@tierbook/core/file'
import type { AppState } from '#lib/app/app-state.svelte.ts'
import { errorWords } from '#lib/i18n/error-words.ts'
import { m } from '#lib/paraglide/messages.js'
import { downloadFile } from '#lib/ui/download-file.ts'
import { noteSaved } from './saved-at.ts'

/** Saves the open book through the browser's download, and remembers when. */
export async function saveBook(app: AppState): Promise<void> {
  const book = app.view?.book
  if (!book) return
  const file = fileName(book.settings().name, book.today())
  const bytes = (await writeBookFile(book)) as Uint8Array<ArrayBuffer>
  downloadFile(file, new Blob([bytes], { type: 'application/x-tierbook' }))
  noteSaved(localStorage, book.id, Date.now())
  app.notices.done(m.backup_saved({ file }))
}

/** Opens the book of a file and brings its changes in; what happened is said. True when the book is open. */
export async function openBookFile(app: AppState, file: File): Promise<boolean> {
  const before = app.current?.id
  const read = await readBookFile(new Uint8Array(await file.arrayBuffer()))
  if (!read.ok) return warn(app, read.error, file.name)
  const { book: id, name, copy } = read.value
  const listed = app.books.find((book) => book.id === id)
  if (!(before === id && app.view) && !(await app.open(listed ?? newEntry(app, read.value)))) return false
  const book = app.view?.book
  if (!book) return false
  const merged = await book.mergeCopy(copy)
  if (!merged.ok) {
    // Nothing is left of a book that never came to be.
    if (!listed) await app.forget(id)
    return warn(app, merged.error, file.name)
  }
  const { brought, setAside } = merged.value
  if (!listed) app.notices.done(m.backup_opened({ name, changes: m.ui_changes({ count: brought }) }))
  else if (before !== undefined && before !== id) app.notices.done(m.backup_merge_other({ file: file.name, name }))
  else app.notices.done(broughtWords(brought, file.name))
  if (setAside > 0)
    app.notices.warn(m.backup_set_aside({ changes: m.ui_changes({ count: setAside }), file: file.name }))
  return true
}

function newEntry(app: AppState, { book, name }: BookFile) {
  return { id: book, name, actor: app.identity.actor, sample: false, server: null }
}

function broughtWords(count: number, file: string): string {
  return count === 0 ? m.backup_known({ file }) : m.backup_brought({ changes: m.ui_changes({ count }), file })
}

function warn(app: AppState, error: CommandError, file: string): false {
  const words = {
    'not-a-book-file': m.backup_not_book,
    'newer-book-file': m.backup_newer,
    'damaged-book-file': m.backup_damaged,
  }
  const say = words[error.code as keyof typeof words] as (typeof words)[keyof typeof words] | undefined
  app.notices.warn(say?.({ file }) ?? m.backup_refused({ file, why: errorWords(error) }))
  return false
}

/** `Northwind 2026-11-23.tierbook`; what file systems do not take becomes a dash. */
export function fileName(book: string, date: string): string {
  const name = book
    .replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, '-')
    .replaceAll(/^[\s.]+|[\s.]+$/g, '')
    .slice(0, 80)
  return `${name || 'Tierbook'} ${date}.tierbook`
}
