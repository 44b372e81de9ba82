// Keeps the worker's copy of a book in step, in parts so small that the page stays free: first everything, then what changed.
import type { Book, SealFacts } from '@tierbook/core'
import type { BookPart, CopiedLists, SealPiece } from './book-copy.ts'

const clientsAPart = 100 // with twelve changes each some 5 ms to gather and to copy
const itemsAPart = 1_000
const invoicesAPiece = 100
const piecesAPart = 5
const sliceMs = 8 // half a frame
const today = '2000-01-01' // of no consequence: what is gathered are whole histories

/** Follows one book. */
export interface BookFeed {
  /** Posts what the worker does not know yet; resolves when it knows everything. */
  bring(): Promise<void>
  close(): void
}

/** Makes a feed that hands parts to `post`. */
export function createBookFeed(book: Book, post: (part: BookPart) => void): BookFeed {
  const stale = new Set<string>()
  const known = new Set<string>()
  const sent = { prices: [], uplifts: [], usage: [], sealed: [] } as Record<keyof CopiedLists, object[]>
  const inStep = new Map<keyof CopiedLists, readonly object[]>()
  const cutSeals = createPieces()
  let described = ''
  let last = Promise.resolve()
  const refresh = () => {
    for (const id of known) stale.add(id)
    for (const { id } of book.clients()) stale.add(id)
  }
  const stop = book.subscribe(({ clients }) => {
    if (clients === 'all') refresh()
    else for (const id of clients) stale.add(id)
  })
  post({ kind: 'nothing' })
  refresh()

  /** The next thing that the worker does not know, null when it knows all that the book says at this moment. */
  function nextPart(): BookPart | null {
    const { timeZone, currency, tiers, prices, uplifts, usage } = book.billingInput(
      { from: today, to: today },
      { clients: [] },
    )
    const said = JSON.stringify([timeZone, currency, tiers])
    if (said !== described) {
      described = said
      // Whose price is in no currency of its own is billed in the book's.
      return { kind: 'book', timeZone, currency, tiers }
    }
    const lists = { prices, uplifts, usage, sealed: cutSeals.of(book.seals()) }
    for (const [list, items] of Object.entries(lists) as [keyof CopiedLists, readonly object[]][]) {
      const part = nextOf(list, items)
      if (part) return part
    }
    return nextClients()
  }

  function nextOf(list: keyof CopiedLists, items: readonly object[]): BookPart | null {
    if (inStep.get(list) === items) return null
    const before = sent[list]
    let keep = 0
    while (keep < before.length && isSame(before[keep], items[keep])) keep++
    const until = keep + (list === 'sealed' ? piecesAPart : itemsAPart)
    const more = items.slice(keep, until)
    if (until >= items.length) inStep.set(list, items)
    if (more.length === 0 && keep === before.length) return null
    before.length = keep
    before.push(...more)
    return { kind: 'list', list, keep, items: more as never[] }
  }

  function nextClients(): BookPart | null {
    const ids: string[] = []
    for (const id of stale) if (ids.push(id) === clientsAPart) break
    if (ids.length === 0) return null
    const { clients, periods } = book.billingInput({ from: today, to: today }, { clients: ids })
    for (const id of ids) {
      stale.delete(id)
      known.add(id)
    }
    return { kind: 'clients', ids, clients, periods }
  }

  async function bringNow(): Promise<void> {
    await book.readBilling()
    // Ten thousand invoices of a seal are made when they are first asked for: one seal at a time.
    for (const seal of book.seals()) if (cutSeals.cut(seal)) await nextTask()
    for (;;) {
      const startedAt = performance.now()
      do {
        const part = nextPart()
        if (!part) return
        post(part)
      } while (performance.now() - startedAt < sliceMs)
      await nextTask()
    }
  }

  return {
    bring() {
      last = last.then(bringNow)
      return last
    },
    close: stop,
  }
}

function isSame(a: object | undefined, b: object | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && 'key' in a && 'key' in b && a.key === b.key)
}

/** Cuts the seals that hold into pieces, each once. */
function createPieces() {
  const piecesBySeal = new WeakMap<SealFacts, readonly SealPiece[]>()
  let last: { seals: readonly SealFacts[]; pieces: readonly SealPiece[] } = { seals: [], pieces: [] }

  function cutOne(seal: SealFacts): readonly SealPiece[] {
    const pieces = piecesBySeal.get(seal) ?? piecesOf(seal)
    piecesBySeal.set(seal, pieces)
    return pieces
  }

  return {
    /** Cuts one; false where there was nothing to do. */
    cut(seal: SealFacts): boolean {
      if (seal.state !== 'sealed' || piecesBySeal.has(seal)) return false
      cutOne(seal)
      return true
    },
    /** The pieces of all; the same array for the same seals. */
    of(seals: readonly SealFacts[]): readonly SealPiece[] {
      if (last.seals !== seals)
        last = { seals, pieces: seals.filter(({ state }) => state === 'sealed').flatMap(cutOne) }
      return last.pieces
    },
  }
}

function piecesOf({ run, action, prefix }: SealFacts): SealPiece[] {
  const { invoices, ...said } = run
  const count = Math.max(1, Math.ceil(invoices.length / invoicesAPiece))
  return Array.from({ length: count }, (_, place) => ({
    ...{ ...said, action, prefix },
    key: `${action} ${place}/${count}`,
    invoices: invoices.slice(place * invoicesAPiece, (place + 1) * invoicesAPiece),
  }))
}

/** Lets input and painting have their turn. */
function nextTask(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } }
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve))
}
