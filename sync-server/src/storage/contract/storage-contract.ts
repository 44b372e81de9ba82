// What every storage must do: run by each implementation's test.
import { describe } from 'vitest'
import type { ServerStorage } from '../storage.ts'
import { booksContract } from './books-contract.ts'
import { peopleContract } from './people-contract.ts'
import { book } from './sample-writes.ts'
import { snapshotsContract } from './snapshots-contract.ts'
import { updatesContract } from './updates-contract.ts'

/** Runs the contract on storages that `create` makes, each empty. */
export function storageContract(name: string, create: () => ServerStorage | Promise<ServerStorage>): void {
  const open = async () => {
    const storage = await create()
    await storage.registerBook({ book, actor: 'ada', now: 5 })
    return storage
  }
  describe(`storage contract: ${name}`, () => {
    booksContract(open)
    updatesContract(open)
    peopleContract(open)
    snapshotsContract(open)
  })
}
