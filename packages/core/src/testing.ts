// `@tierbook/core/testing`: what tests of adapters and apps need: contract suites, an in-process hub, replayable randomness.
export { createHub, type Hub } from './testing/hub.ts'
export { createRandom, type Random } from './testing/random.ts'
export { type ContractCase, storageContract } from './testing/storage-contract.ts'
