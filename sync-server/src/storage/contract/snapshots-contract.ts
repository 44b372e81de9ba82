// Snapshots, and what they let go of.
import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ServerStorage } from '../storage.ts'
import { book, write, tail, bytesOf } from './sample-writes.ts'

/** `open` gives a storage with one book. */
export function snapshotsContract(open: () => Promise<ServerStorage>): void {
  test('[F29] a snapshot shortens the tail and leaves every update in place, and one that comes late changes nothing', async () => {
    const storage = await open()
    for (let seq = 0; seq < 4; seq++) await storage.commit([write({ seq, bytes: [seq] })])
    const outline = { stateVector: Uint8Array.from([1]), deletes: Uint8Array.from([2]) }
    await storage.saveSnapshot({ book, seq: 3, bytes: Uint8Array.from([99]), outline })
    await storage.saveSnapshot({ book, seq: 2, bytes: Uint8Array.from([98]), outline: null })
    const loaded = await storage.load(book)
    expect(loaded?.snapshot?.seq).toBe(3)
    expect(await bytesOf(loaded)).toEqual([99])
    expect(loaded?.snapshot?.outline).toEqual(outline)
    expect(await tail(storage)).toEqual([[3]])
    const raw = await storage.load(book, { raw: true })
    expect(raw?.snapshot).toBeNull()
    expect(await raw?.readTail()).toHaveLength(4)
    expect(await Array.fromAsync(storage.updates(book))).toHaveLength(4)
    await storage.close()
  })

  test('[F29] a snapshot of several MiB is read as it was stored, and stored anew in place of an older one', async () => {
    const storage = await open()
    for (let seq = 0; seq < 4; seq++) await storage.commit([write({ seq, bytes: [seq] })])
    const large = randomBytes(2_500_000)
    await storage.saveSnapshot({ book, seq: 2, bytes: large, outline: null })
    const older = await storage.load(book)
    expect(Buffer.concat((await older?.snapshot?.read()) ?? []).equals(large)).toBe(true)
    const packed = await older?.snapshot?.readPacked()
    expect([packed?.parts.length, packed?.length]).toEqual([3, large.length])
    expect(Buffer.concat((packed?.parts ?? []).map((part) => gunzipSync(part))).equals(large)).toBe(true)
    await storage.saveSnapshot({ book, seq: 3, bytes: Uint8Array.from([7]), outline: null })
    expect(await bytesOf(await storage.load(book))).toEqual([7])
    await storage.close()
  })

  test('[F29] updates whose bytes are given up keep their rows, and the snapshot that stands for them stays', async () => {
    const storage = await open()
    for (let seq = 0; seq < 4; seq++) await storage.commit([write({ seq, bytes: [seq, 9] })])
    const before = await Array.fromAsync(storage.updates(book))
    const outline = { stateVector: Uint8Array.from([1]), deletes: Uint8Array.from([2]) }
    expect(await storage.logStart(book)).toBeNull()
    expect(await storage.trim({ book, seq: 3, trimmedTo: 2 })).toBe(false)
    await storage.saveSnapshot({ book, seq: 3, bytes: Uint8Array.from([33]), outline })
    expect(await storage.trim({ book, seq: 2, trimmedTo: 2 })).toBe(false)
    expect(await storage.trim({ book, seq: 3, trimmedTo: 2 })).toBe(true)
    expect(await storage.trim({ book, seq: 3, trimmedTo: 1 })).toBe(false)
    await storage.saveSnapshot({ book, seq: 4, bytes: Uint8Array.from([44]), outline })

    const after = await Array.fromAsync(storage.updates(book))
    expect(after.map(({ bytes }) => [...bytes])).toEqual([[], [], [2, 9], [3, 9]])
    expect(after.map((row) => ({ ...row, bytes: null }))).toEqual(before.map((row) => ({ ...row, bytes: null })))
    const start = await storage.logStart(book)
    expect([start?.trimmedTo, start?.snapshot.seq, start?.snapshot.outline]).toEqual([2, 3, outline])
    expect(Buffer.concat((await start?.snapshot.read()) ?? [])).toEqual(Buffer.from([33]))
    const raw = await storage.load(book, { raw: true })
    expect([raw?.snapshot?.seq, await bytesOf(raw), await raw?.readTail()]).toEqual([3, [33], [Uint8Array.of(3, 9)]])
    expect(await bytesOf(await storage.load(book))).toEqual([44])

    expect(await storage.trim({ book, seq: 4, trimmedTo: 4 })).toBe(true)
    expect((await storage.logStart(book))?.snapshot.seq).toBe(4)
    expect((await Array.fromAsync(storage.updates(book))).every(({ bytes }) => bytes.length === 0)).toBe(true)
    await storage.close()
  })
}
