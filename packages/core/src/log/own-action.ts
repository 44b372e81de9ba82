// Tells whoever follows the document which action a transaction writes: what was just put together from checked parts need not be read again.
import type { Transaction } from 'yjs'
import type { Action } from '../schema/action.ts'

/** An action and its text. */
export interface OwnAction {
  readonly text: string
  readonly action: Action
}

const key = Symbol('own action')

/** Notes the action that `transaction` appends. */
export function noteOwnAction(transaction: Transaction, own: OwnAction): void {
  transaction.meta.set(key, own)
}

/** The action that this session appended in `transaction`, if it did. */
export function ownActionOf(transaction: Transaction): OwnAction | undefined {
  return transaction.meta.get(key) as OwnAction | undefined
}
