// What the app knows beside the open book: who this device is, which books it has, and which one is open.
import {
  type Author,
  type Book,
  createId,
  memory,
  openBook,
  type OpenBookOptions,
  previewBook,
  StorageError,
} from '@tierbook/core'
import { indexedDb } from '@tierbook/core/indexeddb'
import { BookView } from '#lib/book/book-view.svelte.ts'
import { openingBook } from '#lib/book/opening-book.ts'
import {
  type BookList,
  type ListedBook,
  loadBookList,
  saveBookList,
  withBook,
  withoutBook,
} from '#lib/device/book-list.ts'
import { type KeptStorage, openKeptStorage } from '#lib/device/kept-storage.ts'
import { type Identity, loadIdentity, saveIdentity } from '#lib/device/identity.ts'
import { Notices } from './notices.svelte.ts'
import type { UndoAsked, UndoWish } from '#lib/undo/undo-step.ts'
import { CommandDesk } from './page-commands.svelte.ts'
import type { Renewed } from '#lib/remote/api.ts'
import type { connectServer } from './server-connection.ts'
import { m } from '#lib/paraglide/messages.js'

/** Where the app stands; `welcome` means that this device has no book. */
export type Phase = 'starting' | 'welcome' | 'opening' | 'open' | 'failed'

/** A book to be made. */
export interface NewBook {
  readonly name: string
  readonly timeZone: string
  readonly currency: string
}

const tabKey = 'tierbook.tab-book' // each tab remembers its own book across reloads

export class AppState {
  readonly notices = new Notices()
  readonly commands = new CommandDesk()
  /** An undo of many changes, which is asked about first. */
  undoAsked = $state.raw<UndoAsked | null>(null)
  /** Clients in the order in which the overview last showed them; null before it was shown. */
  trail: readonly string[] | null = null
  #phase = $state<Phase>('starting')
  #problem = $state<string | null>(null)
  #view = $state.raw<BookView | null>(null)
  #identity = $state.raw<Identity>({ actor: '', device: '', name: null })
  #list = $state.raw<BookList>({ books: [], latest: null })
  #connection = $state.raw<ReturnType<typeof connectServer> | null>(null)
  #kept: KeptStorage | null = null

  get phase(): Phase {
    return this.#phase
  }
  /** Why the book could not be opened. */
  get problem(): string | null {
    return this.#problem
  }
  /** The open book. */
  get view(): BookView | null {
    return this.#view?.isOpen ? this.#view : null
  }
  /** The open book, or what it showed last while it opens. */
  get shown(): BookView | null {
    return this.#view
  }
  /** Who else is in the open book; null for a book without a server. */
  get here() {
    return this.#connection?.here ?? null
  }
  get identity(): Identity {
    return this.#identity
  }
  get books(): readonly ListedBook[] {
    return this.#list.books
  }
  /** The open book's line in the list. */
  get current(): ListedBook | null {
    return this.books.find(({ id }) => id === this.#view?.id) ?? null
  }

  /** Reads what this device remembers and opens its book. */
  async start(): Promise<void> {
    const kept = await openKeptStorage(localStorage)
    this.#kept = kept
    const { identity, problem } = loadIdentity(kept)
    this.#identity = identity
    const { list, problem: listProblem } = loadBookList(kept)
    this.#list = list
    for (const text of [problem, listProblem]) if (text) this.notices.warn(text)
    const wanted =
      this.books.find(({ id }) => id === readTabBook()) ??
      this.books.find(({ id }) => id === list.latest) ??
      this.books[0]
    if (wanted) await this.open(wanted)
    else this.#phase = 'welcome'
  }

  /** Makes an empty book on this device and opens it. */
  async startBook(
    create: NewBook,
    options: { sample?: boolean; server?: ListedBook['server']; id?: string } = {},
  ): Promise<boolean> {
    const entry = {
      id: options.id ?? createId(),
      name: create.name,
      actor: this.#identity.actor,
      sample: options.sample ?? false,
      server: options.server ?? null,
    }
    return this.open(entry, create)
  }

  /** Opens a book in place of the open one. */
  async open(entry: ListedBook, create?: NewBook): Promise<boolean> {
    await this.#closeBook()
    this.#phase = 'opening'
    this.#problem = null
    try {
      const author = { id: entry.actor, name: this.#identity.name ?? m.app_you() }
      const connection = entry.server ? await this.#connect(entry.id, entry.server.token, author) : null
      this.#connection = connection
      const storage = indexedDb()
      const opened = openKeeping({
        id: entry.id,
        author,
        device: this.#identity.device,
        storage,
        ...(connection ? { sync: connection.sync } : {}),
        ...(create ? { create } : {}),
        readOnly: entry.server?.role === 'viewer',
      })
      const book = await this.#openBehindPreview(entry, opened, create ? null : previewBook({ id: entry.id, storage }))
      // A visit to the same book as last time has nothing to remember.
      if (this.#list.latest !== entry.id || !this.books.includes(entry)) this.#remember(withBook(this.#list, entry))
      writeTabBook(entry.id)
      connection?.follow(book)
      book.subscribe((change) => {
        if (change.settings) this.#keepName()
      })
      this.#keepName()
      // Nothing is typed before this device is sure to find the book again.
      await this.#kept?.settled()
      this.#phase = 'open'
      return true
    } catch (problem) {
      this.#view = null
      this.#problem = problem instanceof Error ? problem.message : String(problem)
      this.#phase = 'failed'
      return false
    }
  }

  async #connect(id: string, token: string, author: Author) {
    const { connectServer } = await import('./server-connection.ts')
    const keep = (renewed: Renewed) => void this.#keepRenewed(id, renewed)
    return connectServer({ token, keep, author, authors: () => this.view?.actors() ?? [] })
  }

  /** Shows what the overview showed last, if that is there first, until the book takes its place in the same view. */
  async #openBehindPreview(
    entry: ListedBook,
    opened: Promise<Book>,
    previewing: ReturnType<typeof previewBook> | null,
  ): Promise<Book> {
    let isOpen = false
    void previewing?.then((preview) => {
      if (!preview || isOpen) return
      const mayWrite = entry.server?.role !== 'viewer'
      this.#view = new BookView(openingBook(entry.id, opened), { preview, mayWrite })
    })
    try {
      const book = await opened
      if (this.#view) this.#view.open(book)
      else this.#view = new BookView(book)
      return book
    } finally {
      isOpen = true
    }
  }

  /** The name that others see in the log; holds for what is written from now on. */
  setName(name: string): void {
    this.#identity = { ...this.#identity, name }
    const problem = saveIdentity(this.#kept ?? localStorage, this.#identity)
    if (problem) this.notices.warn(problem)
  }

  /** Opens the open book again, so that it writes under the name that holds now. */
  async reopen(): Promise<void> {
    if (this.current) await this.open(this.current)
  }

  /** Removes a book from this device, and opens another one or the welcome page. */
  async forget(id: string): Promise<void> {
    if (this.#view?.id === id) await this.#closeBook()
    const { forgetBook } = await import('./forget-book.ts')
    await forgetBook(id)
    this.#remember(withoutBook(this.#list, id))
    const next = this.books.find((book) => book.id === this.#list.latest)
    if (next) await this.open(next)
    else this.#phase = 'welcome'
  }

  async close(): Promise<void> {
    await this.#closeBook()
  }

  async #closeBook(): Promise<void> {
    const view = this.#view
    this.#connection?.close()
    this.#connection = null
    this.#view = null
    await view?.close()
  }

  #keepName(): void {
    const { view, current } = this
    if (!view || !current) return
    const { name, created } = view.book.settings()
    if (created && name !== current.name) this.#remember(withBook(this.#list, { ...current, name }))
  }

  async #keepRenewed(id: string, { token, role }: Renewed): Promise<void> {
    const entry = this.books.find((book) => book.id === id)
    if (!entry?.server) return
    const renewed = { ...entry, server: { ...entry.server, token, role } }
    this.#remember({ ...withBook(this.#list, renewed), latest: this.#list.latest })
    if (this.#view?.id !== id) return
    // The book stays open, and with it what somebody was typing.
    this.#view.book.setReadOnly(role === 'viewer')
    if (role === entry.server.role) return
    const { roleWords } = await import('#lib/remote/role-words.ts')
    this.notices.warn(m.app_new_role({ role: roleWords(role) }))
  }

  #remember(list: BookList): void {
    this.#list = list
    const problem = saveBookList(this.#kept ?? localStorage, list)
    if (problem) this.notices.warn(problem)
  }

  /** Undoes what the person did last, or the `unit` named, or does it again; asks first where that is many changes. */
  undo(wish: UndoWish = {}): void {
    import('#lib/undo/undo-step.ts').then(
      ({ undoStep }) => undoStep(this, wish),
      () => this.notices.warn(m.ui_error_not_loaded()),
    )
  }
}

/** Where this browser's storage does not open, a book with a server comes from there and lives in this tab (F2). */
async function openKeeping(options: OpenBookOptions) {
  try {
    return await openBook(options)
  } catch (problem) {
    if (!(problem instanceof StorageError && options.sync)) throw problem
    return openBook({ ...options, storage: memory() })
  }
}

function readTabBook(): string | null {
  try {
    return sessionStorage.getItem(tabKey)
  } catch {
    return null
  }
}

function writeTabBook(id: string): void {
  try {
    sessionStorage.setItem(tabKey, id)
  } catch {
    // Blocked storage: the tab opens the latest book next time.
  }
}
