// When the server received each action: the clock of the second time axis, where it is known (TL5).
import * as z from 'zod/mini'
import type { ReceiptPage, ReceiptPosition } from '../protocol/receipts.ts'
import type { ActionLog } from './action-log.ts'
import { runAtOnce, type Slices } from '../slices.ts'
import type { KnownReceipts } from './known-receipts.ts'
import { ColumnTable, Interned } from './columns.ts'

const receiptColumns = () => ({
  session: new Uint32Array(0),
  seq: new Float64Array(0),
  /** The server's clock, epoch ms. */
  at: new Float64Array(0),
})

const Stored = z.strictObject({
  generation: z.int(),
  seq: z.int(),
  /** How many at the beginning are of earlier generations. @default none */
  earlier: z.optional(z.int()),
  sessions: z.array(z.string()),
  session: z.instanceof(Uint32Array),
  number: z.instanceof(Float64Array),
  at: z.instanceof(Float64Array),
})

const receiptsAtOnce = 1_024

/** Receipts as far as this replica knows them. */
export class Receipts implements KnownReceipts {
  #position: ReceiptPosition = { generation: 0, seq: 0 }
  #rows = new ColumnTable(receiptColumns())
  #sessions = new Interned()
  /** So many of the rows a server of an earlier generation gave: it was a witness, and a later one dates the same actions anew. */
  #earlier = 0
  #first = Number.POSITIVE_INFINITY
  /** The session of the receipt joined last: mostly that of the next one, too. */
  #joining: { log?: ActionLog; place: number; rows?: ReturnType<ActionLog['session']> } = { place: -1 }
  /** By whether earlier generations count. */
  #joined = new Map<boolean, { log: ActionLog; times: Float64Array; done: number; early: number[] }>()

  /** Starts with what an earlier opening stored; anything else counts as nothing known. */
  constructor(stored?: unknown) {
    const { success, data } = Stored.safeParse(stored)
    if (!success || data.session.length !== data.number.length || data.at.length !== data.number.length) return
    this.#position = { generation: data.generation, seq: data.seq }
    this.#sessions = new Interned(data.sessions)
    const columns = { session: data.session, seq: data.number, at: data.at }
    this.#rows = new ColumnTable(columns, data.session.length)
    this.#earlier = data.earlier ?? 0
    for (const at of data.at) this.#first = Math.min(this.#first, at)
  }

  get first(): number {
    return this.#first
  }

  /** How far they go. */
  get position(): ReceiptPosition {
    return this.#position
  }

  /** How many are known. */
  get size(): number {
    return this.#rows.size
  }

  /** Takes a page that follows the position, or begins another generation; `position` stands behind it only once all of it is taken. */
  *taking(page: ReceiptPage): Slices<void> {
    if (page.generation !== this.#position.generation) {
      this.#position = { generation: page.generation, seq: 0 }
      this.#earlier = this.#rows.size
      this.#joined.clear()
    }
    for (const { action, receivedAt } of page.receipts) {
      const dot = action.indexOf('.')
      const row = this.#rows.addRow()
      const { session, seq, at } = this.#rows.columns
      session[row] = this.#sessions.place(action.slice(0, dot))
      seq[row] = Number(action.slice(dot + 1))
      at[row] = receivedAt
      this.#first = Math.min(this.#first, receivedAt)
      if (row % receiptsAtOnce === 0) yield
    }
    this.#position = { generation: page.generation, seq: page.to }
  }

  times(log: ActionLog, { withEarlier } = { withEarlier: false }): Float64Array {
    return runAtOnce(this.joining(log, { withEarlier }))
  }

  /** Finds the rows of `log` that receipts are about, as `times` does: what was joined before is not joined again. */
  *joining(log: ActionLog, { withEarlier }: { withEarlier: boolean }): Slices<Float64Array> {
    this.#joining = { place: -1 }
    let joined = this.#joined.get(withEarlier)
    if (joined?.log !== log)
      joined = { log, times: new Float64Array(0), done: withEarlier ? 0 : this.#earlier, early: [] }
    const size = log.table.rows.size
    if (joined.times.length < size) {
      const times = new Float64Array(Math.max(size, joined.times.length * 2))
      times.set(joined.times)
      joined = { ...joined, times }
    }
    // Receipts can be here before their actions.
    const early = joined.early.filter((row) => !this.#join(row, joined))
    const { generation } = this.#position
    for (let row = joined.done; row < this.#rows.size; row++) {
      if (!this.#join(row, joined)) early.push(row)
      if (row % receiptsAtOnce === 0) yield
      // Another generation began in the pause: which of the rows count is another question.
      if (this.#position.generation !== generation) return joined.times
    }
    this.#joined.set(withEarlier, { ...joined, done: this.#rows.size, early })
    return joined.times
  }

  toStored(): z.infer<typeof Stored> {
    const { session, seq, at } = this.#rows.toStored()
    return { ...this.#position, earlier: this.#earlier, sessions: this.#sessions.texts, session, number: seq, at }
  }

  #join(row: number, { log, times }: { log: ActionLog; times: Float64Array }): boolean {
    const { session, seq, at } = this.#rows.columns
    const place = session[row] ?? 0
    if (place !== this.#joining.place || this.#joining.log !== log)
      this.#joining = { log, place, rows: log.session(this.#sessions.at(place)) }
    const action = this.#joining.rows?.get(seq[row] ?? -1)
    // An action that came in a pause of the joining has no place yet.
    if (action === undefined || action >= times.length) return false
    // The first receipt of an action counts: a later one is a second text under its id.
    if (times[action] === 0) times[action] = at[row] ?? 0
    return true
  }
}
