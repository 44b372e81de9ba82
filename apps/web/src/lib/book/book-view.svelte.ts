// An open book as components read it: the same questions as core's, followed by whoever asks in a component.
import type {
  Author,
  Book,
  BookPreview,
  BookSettings,
  BookStatus,
  Change,
  ChangeList,
  ChangeQuery,
  ClientQuery,
  ClientRow,
  ContestedClient,
  SavedView,
  Tier,
  TierPeriod,
} from '@tierbook/core'

/** A book whose answers components follow; commands go to {@link BookView.book}. Begins with a preview where there is one (`opening`). */
export class BookView {
  readonly id: string
  #preview = $state.raw<BookPreview | null>(null)
  #book: Book
  #mayWrite: boolean
  #clients = $state(0)
  #tiers = $state(0)
  #settings = $state(0)
  #log = $state(0)
  #status = $state(0)
  #day = $state(0)
  #stop: () => void = () => {}

  /** `opening` is given while the document is still being loaded. */
  constructor(book: Book, opening?: { preview: BookPreview; mayWrite: boolean }) {
    this.id = book.id
    this.#book = book
    this.#preview = opening?.preview ?? null
    this.#mayWrite = opening?.mayWrite ?? true
    if (!opening) this.open(book)
  }

  /** Takes the loaded book in place of the preview; whoever follows the view is told. */
  open(book: Book): void {
    this.#book = book
    let day = book.today()
    this.#stop = book.subscribe((change) => {
      // At midnight the day is another one, also where no client's tier is.
      if (day !== book.today()) {
        day = book.today()
        this.#day++
      }
      if (change.clients === 'all' || change.clients.size > 0) this.#clients++
      if (change.tiers) this.#tiers++
      if (change.settings) this.#settings++
      if (change.log) this.#log++
      if (change.status) this.#status++
    })
    this.#preview = null
  }

  /** Whether the document is here: before that only the overview can be shown. */
  get isOpen(): boolean {
    return this.#preview === null
  }

  /** Commands given while the book opens are carried out once it is open. */
  get book(): Book {
    void this.#preview
    return this.#book
  }

  get #shown(): BookPreview | Book {
    return this.#preview ?? this.#book
  }

  get status(): BookStatus {
    void this.#status
    return this.book.status
  }

  get settings(): BookSettings {
    void this.#settings
    return this.#shown.settings()
  }

  get tiers(): readonly Tier[] {
    void this.#tiers
    return this.#shown.tiers()
  }

  /** Whether this device may write. */
  get canWrite(): boolean {
    return this.isOpen ? this.status.readOnly === null : this.#mayWrite
  }

  tier(id: string | null): Tier | null {
    return this.tiers.find((tier) => tier.id === id) ?? null
  }

  today(): string {
    void this.#day
    void this.#settings
    return this.#shown.today()
  }

  clients(query?: ClientQuery): readonly ClientRow[] {
    void this.#clients
    void this.#tiers
    void this.#settings
    return this.#shown.clients(query)
  }

  contested(): readonly ContestedClient[] {
    void this.#log
    void this.#clients
    return this.book.contested()
  }

  receipts(knownAt?: number): { readonly received: number; readonly actions: number } {
    void this.#log
    return this.book.receipts({ knownAt })
  }

  client(id: string): ClientRow | undefined {
    void this.#clients
    return this.#shown.client(id)
  }

  history(client: string): readonly Change[] {
    void this.#log
    void this.#clients
    return this.book.history(client)
  }

  tierPeriods(client: string, range: { from: string; to: string }): readonly TierPeriod[] {
    void this.#log
    void this.#clients
    return this.book.tierPeriods(client, range)
  }

  savedViews(): readonly SavedView[] {
    void this.#log
    return this.book.views()
  }

  actors(): readonly Author[] {
    void this.#log
    return this.book.actors()
  }

  revokedDevices(): ReturnType<Book['revokedDevices']> {
    void this.#log
    return this.book.revokedDevices()
  }

  changes(query: ChangeQuery): ChangeList {
    void this.#log
    void this.#clients
    return this.book.changes(query)
  }

  prices(): ReturnType<Book['prices']> {
    void this.#log
    return this.book.prices()
  }

  uplifts(): ReturnType<Book['uplifts']> {
    void this.#log
    return this.book.uplifts()
  }

  usage(): ReturnType<Book['usage']> {
    void this.#log
    return this.book.usage()
  }

  seals(): ReturnType<Book['seals']> {
    void this.#log
    return this.book.seals()
  }

  /** When the server received an action; null where it does not have it, as far as this device knows. */
  receivedAt(action: string): number | null {
    void this.#log
    return this.book.receivedAt(action)
  }

  exports(): ReturnType<Book['exports']> {
    void this.#log
    return this.book.exports()
  }

  /** Follows everything that invoices are made from; the worker that has a copy of it is asked in `lib/billing`. */
  followBilling(): void {
    void this.#log
    void this.#clients
    void this.#tiers
    void this.#settings
  }

  async close(): Promise<void> {
    this.#stop()
    await this.book.close()
  }
}
