// Stored values that are not as they were written, or do not say so: looked at, named and set aside. Loaded when there are any.
import * as decoding from 'lib0/decoding'
import * as Y from 'yjs'
import { createId } from '../schema/ids.ts'
import type { DocumentRows } from './document-rows.ts'
import type { BrokenRow } from './read-rows.ts'
import type { JournalRecord, SetAside, StorageHandle } from './storage.ts'

/** Gives what is wrong with a row; null where it is an update and nothing else. */
export function flawOfRow(row: unknown, sum: 'bare' | 'changed'): string | null {
  if (sum === 'changed') return notAsWritten
  if (!(row instanceof Uint8Array)) return `expected bytes, got ${typeof row}`
  try {
    // To its end before anything is applied: a row that was cut would be applied by half.
    let end: decoding.Decoder | undefined
    class NotingDecoder extends Y.UpdateDecoderV1 {
      constructor(decoder: decoding.Decoder) {
        super(decoder)
        end = decoder
      }
    }
    Y.decodeUpdateV2(row, NotingDecoder)
    if (end && decoding.hasContent(end))
      return `expected an update of the document and nothing behind it, got ${row.length} bytes`
    return null
  } catch (cause) {
    return `expected an update of the document, got ${row.length} bytes that are none: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

/** A stored value that cannot be taken, as it is kept: what was wrong, where it stood, and all of it. */
export function asideOf(stored: {
  store: string
  key: string | number
  value: unknown
  flaw: string
  at: number
}): SetAside {
  const reason = `${stored.store} ${stored.key}: ${stored.flaw}`
  return { id: createId(), kind: 'row', at: stored.at, reason, code: null, bytes: toBytes(stored.value) }
}

/** First kept elsewhere, then taken out of the rows: they would not be read the next time either, nor by others. */
export async function setRowsAside(
  { aside, rows, now }: { aside: StorageHandle['aside']; rows: Pick<DocumentRows, 'remove'>; now: () => number },
  broken: Readonly<Record<'updates' | 'copy', readonly BrokenRow[]>>,
): Promise<void> {
  const items = (['updates', 'copy'] as const).flatMap((store) =>
    broken[store].map((row) => asideOf({ store, at: now(), ...row })),
  )
  await aside.add(items)
  if (broken.updates.length > 0) await rows.remove(broken.updates.map(({ key }) => key))
}

/** A mark is made anew from what the document and the server say; what it was stays for people to look at. */
export async function setMarkAside(
  { aside, marks }: Pick<StorageHandle, 'aside' | 'marks'>,
  mark: { key: string; value: unknown; at: number },
): Promise<undefined> {
  await aside.add([asideOf({ store: 'marks', flaw: notAsWritten, ...mark })])
  await marks.delete(mark.key)
}

const notAsWritten = 'not as it was written: its checksum says so'

/** Journal records that cannot be taken. */
export function recordsAside(
  broken: readonly { record: JournalRecord; cause: unknown }[],
  now: () => number,
): readonly SetAside[] {
  return broken.map(({ record, cause }) => {
    const flaw = record.isChanged ? notAsWritten : cause instanceof Error ? cause.message : String(cause)
    const stored = { store: 'journal record', key: record.id, value: record.update, flaw, at: now() }
    return { ...asideOf(stored), kind: 'journal' }
  })
}

/** What a damaged value holds is kept as it is where it has bytes, and as JSON text where it has not. */
function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  let text: string | undefined
  try {
    text = JSON.stringify(value, (_name, each: unknown) => (each instanceof Uint8Array ? [...each] : each))
  } catch {
    // A value without a JSON form.
  }
  return new TextEncoder().encode(text ?? String(value))
}
