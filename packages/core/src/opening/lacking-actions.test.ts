// What a recovery hands over again (SY3): the fields of an action are its own.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { actionToText } from '../schema/action-text.ts'
import { createId } from '../schema/ids.ts'
import { findLacking, type LackingAction } from './lacking-actions.ts'

const [client, by, device] = [createId(), createId(), createId()]

/** A document of Yjs client id `clientId` with one edit of the client. */
function edited(clientId: number, { session, n, name }: { session: string; n: number; name: string }): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = clientId
  const entries = [{ kind: 'client.edited', subject: client, name, note: 'changed', was: { name: 'Acme' } }]
  doc.getMap('clients').set(`${client}/name`, name)
  doc.getMap('clients').set(`${client}/note`, `note on ${name}`)
  doc.getArray('log').insert(0, [actionToText({ v: 1, id: `${session}.0`, n, at: 0, by, device, prev: null, entries })])
  return doc
}

test('[SY3] [F37] seed 12515: an action is sent again with the name that it says, not with one that a refused action wrote at the same time', () => {
  const good = edited(1, { session: 'AAAAAAAAAAA', n: 5, name: 'Good' })
  // The larger client id wins the field, the larger counter comes later in the log.
  const refused = edited(2, { session: 'BBBBBBBBBBB', n: 4, name: 'Refused' })
  Y.applyUpdate(good, Y.encodeStateAsUpdate(refused))
  expect(good.getMap('clients').get(`${client}/name`)).toBe('Refused')
  expect(described(findLacking(good, new Y.Doc()))).toEqual([
    ['BBBBBBBBBBB.0', { name: 'Refused', note: 'note on Refused' }],
    // The log has no notes, and the document shows the other one's.
    ['AAAAAAAAAAA.0', { name: 'Good' }],
  ])
})

test('[SY3] a note that another action wrote over is found in the journal, and never taken for one of another action', () => {
  const good = edited(1, { session: 'AAAAAAAAAAA', n: 5, name: 'Good' })
  const journal = [{ id: 'AAAAAAAAAAA.0', update: Y.encodeStateAsUpdate(good) }]
  good.getMap('clients').set(`${client}/note`, 'written over')
  expect(described(findLacking(good, new Y.Doc()))).toEqual([['AAAAAAAAAAA.0', { name: 'Good' }]])
  expect(described(findLacking(good, new Y.Doc(), journal))).toEqual([
    ['AAAAAAAAAAA.0', { name: 'Good', note: 'note on Good' }],
  ])
})

test('[SY3] what a later action of the other document describes stays as that one wrote it', () => {
  const earlier = edited(1, { session: 'AAAAAAAAAAA', n: 5, name: 'Earlier' })
  const later = edited(2, { session: 'BBBBBBBBBBB', n: 6, name: 'Later' })
  expect(described(findLacking(earlier, later))).toEqual([['AAAAAAAAAAA.0', {}]])
  expect(described(findLacking(later, earlier))).toEqual([['BBBBBBBBBBB.0', { name: 'Later', note: 'note on Later' }]])
})

const described = (actions: readonly LackingAction[]) =>
  actions.map(({ id, describe }) => [
    id,
    Object.fromEntries(describe.map(({ key, value }) => [key.split('/')[1], value])) as Record<string, unknown>,
  ])
