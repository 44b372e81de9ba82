// People, their devices, and invites.
import { expect, test } from 'vitest'
import type { ServerStorage } from '../storage.ts'
import { book, other, write } from './sample-writes.ts'

/** `open` gives a storage with one book. */
export function peopleContract(open: () => Promise<ServerStorage>): void {
  test('an actor that joins is new once, in each book', async () => {
    const storage = await open()
    await storage.registerBook({ book: other, actor: 'ada', now: 5 })
    expect(await storage.claimActor({ book, actor: 'ada', now: 6 })).toBe(true)
    expect(await storage.claimActor({ book, actor: 'ada', now: 7 })).toBe(false)
    expect(await storage.claimActor({ book: other, actor: 'ada', now: 8 })).toBe(true)
    expect(await storage.claimActor({ book: 'unknown000000000000000', actor: 'ada', now: 9 })).toBe(false)
    await storage.close()
  })

  test('of two who join under one id at the same time one is new', async () => {
    const storage = await open()
    const claims = await Promise.all([6, 7].map((now) => storage.claimActor({ book, actor: 'ada', now })))
    expect(claims.sort()).toEqual([false, true])
    await storage.close()
  })

  test('who wrote first, or has a client id bound, is known without having joined', async () => {
    const storage = await open()
    await storage.commit([write({ seq: 0, actor: 'ada', bindings: new Map([[7, 'bob']]) })])
    expect(await storage.claimActor({ book, actor: 'ada', now: 6 })).toBe(false)
    expect(await storage.claimActor({ book, actor: 'bob', now: 6 })).toBe(false)
    expect(await storage.claimActor({ book, actor: 'eve', now: 6 })).toBe(true)
    await storage.close()
  })

  test('people, their devices and roles are kept for each book; the greater role holds, and revoked stays revoked', async () => {
    const storage = await open()
    await storage.registerBook({ book: other, actor: 'ada', now: 5 })
    const laptop = { book, actor: 'ada', device: 'laptop' }
    await storage.access.admit({ ...laptop, name: 'Ada', deviceName: 'Work', role: 'owner', now: 10 })
    await storage.access.admit({ ...laptop, name: 'Ada L.', deviceName: null, role: 'viewer', now: 11 })
    await storage.access.noteSeen([
      { ...laptop, at: 20 },
      { ...laptop, device: 'phone', at: 21 },
      { ...laptop, at: 19 },
    ])
    const devices = [
      { device: 'laptop', name: 'Work', firstSeenAt: 10, lastSeenAt: 20, revokedAt: null },
      { device: 'phone', name: null, firstSeenAt: 21, lastSeenAt: 21, revokedAt: null },
    ]
    expect(await storage.access.members(book)).toEqual([
      { actor: 'ada', name: 'Ada L.', role: 'owner', joinedAt: 10, revokedAt: null, devices },
    ])
    expect(await storage.access.members(other)).toEqual([])
    expect(await storage.access.standing(laptop)).toEqual({ isRevoked: false, role: 'owner' })
    expect(await storage.access.standing({ ...laptop, book: other })).toEqual({ isRevoked: false, role: null })
    expect(await storage.access.revoke({ ...laptop, now: 30 })).toBe(true)
    expect(await storage.access.revoke({ ...laptop, now: 31 })).toBe(true)
    expect(await storage.access.standing(laptop)).toMatchObject({ isRevoked: true })
    expect(await storage.access.standing({ ...laptop, device: 'phone' })).toMatchObject({ isRevoked: false })
    expect(await storage.access.setRole({ book, actor: 'ada', role: 'editor' })).toBe(true)
    expect(await storage.access.setRole({ book, actor: 'bob', role: 'editor' })).toBe(false)
    expect(await storage.access.revoke({ book, actor: 'bob', now: 30 })).toBe(false)
    expect(await storage.access.revoke({ book, actor: 'ada', now: 32 })).toBe(true)
    expect(await storage.access.standing({ ...laptop, device: 'tablet' })).toEqual({
      isRevoked: true,
      role: 'editor',
    })
    expect((await storage.access.members(book))[0]).toMatchObject({ revokedAt: 32, devices: [{ revokedAt: 30 }, {}] })
    expect(await storage.claimActor({ book, actor: 'ada', now: 40 })).toBe(false)
    await storage.close()
  })

  test('an invite is used up by whoever redeems it first', async () => {
    const storage = await open()
    const { access } = storage
    expect(await access.redeemer('one')).toBeUndefined()
    expect(await access.redeem({ id: 'one', book, actor: 'ada', now: 1 })).toBe('ada')
    expect(await access.redeem({ id: 'one', book, actor: 'bob', now: 2 })).toBe('ada')
    expect(await access.redeemer('one')).toBe('ada')
    await storage.close()
  })
}
