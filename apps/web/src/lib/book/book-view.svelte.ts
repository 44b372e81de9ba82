// An open book as components read it: the same questions as core's, followed by whoever asks in a component.
import type {
  Author,
  Book,
  BookSettings,
  BookStatus,
  Change,
  ChangeList,
  ChangeQuery,
  ClientQuery,
  ClientRow,
  ContestedClient,
  Tier,
  TierPeriod,
} from '@tierbook/core'

/** A book whose answers components follow; commands go to {@link BookView.book}. */
export class BookView {
  readonly book: Book
  #clients = $state(0)
  #tiers = $state(0)
  #settings = $state(0)
  #log = $state(0)
  #status = $state(0)
  #stop: () => void

  constructor(book: Book) {
    this.book = book
    this.#stop = book.subscribe((change) => {
      if (change.clients === 'all' || change.clients.size > 0) this.#clients++
      if (change.tiers) this.#tiers++
      if (change.settings) this.#settings++
      if (change.log) this.#log++
      if (change.status) this.#status++
    })
  }

  get status(): BookStatus {
    void this.#status
    return this.book.status
  }

  get settings(): BookSettings {
    void this.#settings
    return this.book.settings()
  }

  get tiers(): readonly Tier[] {
    void this.#tiers
    return this.book.tiers()
  }

  /** Whether this device may write. */
  get canWrite(): boolean {
    return this.status.readOnly === null
  }

  tier(id: string | null): Tier | null {
    return this.tiers.find((tier) => tier.id === id) ?? null
  }

  today(): string {
    void this.#clients
    void this.#settings
    return this.book.today()
  }

  clients(query?: ClientQuery): readonly ClientRow[] {
    void this.#clients
    void this.#tiers
    void this.#settings
    return this.book.clients(query)
  }

  contested(): readonly ContestedClient[] {
    void this.#log
    void this.#clients
    return this.book.contested()
  }

  receipts(): { readonly received: number; readonly actions: number } {
    void this.#log
    return this.book.receipts()
  }

  client(id: string): ClientRow | undefined {
    void this.#clients
    return this.book.client(id)
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

  actors(): readonly Author[] {
    void this.#log
    return this.book.actors()
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

  seals(): ReturnType<Book['seals']> {
    void this.#log
    return this.book.seals()
  }

  billingInput(period: { from: string; to: string }): ReturnType<Book['billingInput']> {
    void this.#log
    void this.#clients
    void this.#tiers
    void this.#settings
    return this.book.billingInput(period)
  }

  async close(): Promise<void> {
    this.#stop()
    await this.book.close()
  }
}
