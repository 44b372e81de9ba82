// Redeeming an invite: what it offers, what this device brings, and the request that registers this device's actor.
import type { AppState } from '#lib/app/app-state.svelte.ts'
import type { ListedBook } from '#lib/device/book-list.ts'
import { type InviteFacts, joinServer, lookAtInvite } from '#lib/remote/api.ts'
import { type InviteClaims, readInvite } from '#lib/remote/token.ts'
import { createId } from '@tierbook/core'
import { newBook } from '#lib/app/new-book.ts'
import { joinAs } from './join-as.ts'
import { m } from '#lib/paraglide/messages.js'

/** Which book a new server gets: one of this device's, by id, or a new one. */
export type BookChoice = 'new' | (string & {})

export class JoinState {
  readonly invite: string
  readonly claims: InviteClaims | null
  person = $state('')
  newName = $state('')
  choice = $state<BookChoice>('new')
  busy = $state(false)
  problem = $state<string | null>(null)
  #app: AppState
  #touched = $state(false)
  #facts = $state<InviteFacts | null>(null)

  constructor(app: AppState, hash: string) {
    this.#app = app
    this.invite = decodeURIComponent(hash.replace(/^#/, ''))
    this.claims = readInvite(this.invite)
    this.person = app.identity.name ?? ''
    this.choice = this.localBooks[0]?.id ?? 'new'
    if (this.claims && this.claims.book === undefined) void this.ask()
  }

  /** A link without a book was made when the server had none; whether that is so still is the server's to say. */
  async ask(): Promise<void> {
    this.problem = null
    this.busy = true
    const answer = await lookAtInvite(this.invite)
    this.busy = false
    if (answer.ok) this.#facts = answer.value
    else this.problem = answer.message
  }

  /** What to do here is not known before the server says whether it has a book. */
  get isKnown(): boolean {
    return this.claims?.book !== undefined || this.#facts !== null
  }

  /** The invite is for a server that has no book yet. */
  get isNewServer(): boolean {
    return this.#facts?.hasBooks === false
  }

  /** This device's copy of the server's book, where it has one: it is opened, nobody is asked who they are. */
  get here(): ListedBook | undefined {
    return this.#app.books.find(({ id, server }) => server && id === this.#facts?.book)
  }

  /** Whoever has the book on this device has a name in it. */
  get asksName(): boolean {
    return this.isKnown && !(this.here && this.#app.identity.name)
  }

  get #book(): string | undefined {
    return this.claims?.book ?? this.#facts?.book ?? undefined
  }

  /** This device's own books that are on no server. */
  get localBooks(): readonly ListedBook[] {
    return this.#app.books.filter((book) => book.server === null && !book.sample)
  }

  get personProblem(): string | null {
    return this.#touched && this.person.trim() === '' ? m.ui_expected_name() : null
  }

  get nameProblem(): string | null {
    return this.#touched && this.isNewServer && this.choice === 'new' && this.newName.trim() === ''
      ? m.ui_expected_name()
      : null
  }

  /** True when this device has joined and the book is open. */
  async join(): Promise<boolean> {
    this.#touched = true
    if (this.personProblem || this.nameProblem || this.busy) return false
    this.busy = true
    this.problem = null
    try {
      const name = this.person.trim()
      if (name !== this.#app.identity.name) this.#app.setName(name)
      return await this.#redeem(name)
    } finally {
      this.busy = false
    }
  }

  async #redeem(name: string): Promise<boolean> {
    const mine = this.isNewServer
      ? this.#app.books.find(({ id }) => id === this.choice)
      : this.#app.books.find(({ id }) => id === this.#book)
    const own = mine?.actor ?? this.#app.identity.actor
    const known = this.#app.books.find(
      ({ id, actor, server }) => server && actor === own && (this.isNewServer || id === this.#book),
    )
    const book = this.isNewServer ? (mine?.id ?? createId()) : undefined
    const { answer, actor } = await joinAs(
      {
        invite: this.invite,
        actor: { id: own, name },
        device: { id: this.#app.identity.device, name: deviceName() },
        ...(book === undefined ? {} : { book }),
        ...(known?.server ? { token: known.server.token } : {}),
      },
      { join: joinServer, mintId: createId },
    )
    if (!answer.ok) {
      this.problem = answer.message
      return false
    }
    const { token, role, book: joined } = answer.value
    const server = { token, role }
    if (joined === book && !mine) return this.#app.startBook(newBook(this.newName.trim()), { id: joined, server })
    if (book !== undefined && joined !== book) {
      // Somebody else opened the owner link a moment before: the server has a book by now, and nothing of this device goes into it.
      this.#app.notices.done(m.join_had_book({ host: location.host }))
    }
    if (actor !== own) {
      this.#app.notices.warn(m.join_new_person())
    }
    return this.#app.open({
      id: joined,
      name: this.#app.books.find(({ id }) => id === joined)?.name ?? m.join_book_on({ host: location.host }),
      actor,
      sample: false,
      server,
    })
  }
}

/** What people would call this device. */
function deviceName(): string {
  const { userAgent } = navigator
  const system = /iPhone|iPad|Android|Windows|Mac OS|CrOS|Linux/.exec(userAgent)?.[0] ?? m.book_this_device()
  const browser = /Firefox|Edg|OPR|Chrome|Safari/.exec(userAgent)?.[0] ?? ''
  const names: Readonly<Record<string, string>> = { 'Mac OS': 'Mac', CrOS: 'Chromebook', Edg: 'Edge', OPR: 'Opera' }
  return [names[system] ?? system, names[browser] ?? browser].filter(Boolean).join(', ')
}
