// Receipts find their actions in slices: nothing that comes in a pause may be lost (TL5).
import { expect, test } from 'vitest'
import { runAtOnce } from '../slices.ts'
import { actionToText } from '../schema/action-text.ts'
import { createId } from '../schema/ids.ts'
import { createActionLog } from './action-log.ts'
import { Receipts } from './receipts.ts'

const [by, device, client] = [createId(), createId(), createId()]

function setUp() {
  const log = createActionLog(() => '')
  const receipts = new Receipts()
  const idOf = (seq: number) => `AAAAAAAAAAA.${seq}`
  return {
    log,
    receipts,
    write(seq: number) {
      const entries = [{ kind: 'client.ended', subject: client, effectiveOn: '2026-01-01', after: [] }]
      const text = actionToText({ v: 1, id: idOf(seq), n: seq + 1, at: 0, by, device, prev: null, entries })
      log.add(
        (visit) => visit(text, 1, seq),
        () => {},
      )
    },
    receive(from: number, to: number, { generation = 1, at = 1_000 } = {}) {
      const seqs = Array.from({ length: to - from }, (_, place) => from + place)
      const page = { generation, from, to, isLast: true }
      runAtOnce(
        receipts.taking({ ...page, receipts: seqs.map((seq) => ({ action: idOf(seq), receivedAt: at + seq })) }),
      )
    },
  }
}

test('[TL5] an action and a receipt that come in a pause are joined with the others', () => {
  const { log, receipts, write, receive } = setUp()
  for (let seq = 0; seq < 3_000; seq++) write(seq)
  receive(0, 3_000)
  const joining = receipts.joining(log, { withEarlier: true })
  joining.next()
  write(3_000)
  receive(3_000, 3_001)
  runAtOnce(joining)
  const times = receipts.times(log, { withEarlier: true })
  expect([...times.slice(0, 3_001)]).toEqual(Array.from({ length: 3_001 }, (_, seq) => 1_000 + seq))
})

test('[TL5] a generation that begins in a pause is joined by its own rule', () => {
  const { log, receipts, write, receive } = setUp()
  for (let seq = 0; seq < 2_000; seq++) write(seq)
  receive(0, 2_000)
  const joining = receipts.joining(log, { withEarlier: false })
  joining.next()
  receive(0, 10, { generation: 2, at: 9_000 })
  runAtOnce(joining)
  expect([...receipts.times(log).slice(0, 12)]).toEqual([...Array.from({ length: 10 }, (_, seq) => 9_000 + seq), 0, 0])
  expect(receipts.times(log, { withEarlier: true })[5]).toBe(1_005)
})
