import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createSampleGate } from '../admission/sample-gate.ts'
import { createSampleSession, sampleId } from '../admission/sample-session.ts'
import { actionToText } from '../schema/action-text.ts'
import { maxActionBytes } from '../schema/action.ts'
import { createAppender } from './append.ts'

const alice = sampleId('alice')

function sampleAppender() {
  return createAppender(new Y.Doc(), {
    author: { id: alice, name: 'Alice' },
    device: sampleId('laptop'),
    publicKey: null,
    now: () => 1_764_000_000_000,
    random: (bytes) => bytes.fill(7),
    largestN: () => 0,
    isIntroduced: () => true,
    onClientIdChanged: () => {},
  })
}

/** The action with a text of so many letters, if the device would make it. */
async function prepare(text: string) {
  // Of no known kind, whose own limits would come first.
  const entries = [{ kind: 'x.y', subject: sampleId('acme'), text }] as never[]
  const prepared = await sampleAppender().prepare([{ entries, describe: [], value: () => null }], () => null)
  return prepared.ok ? prepared.value[0] : undefined
}

function judge(text: string): string {
  const admission = createSampleGate().judge(createSampleSession({ actor: alice }).write({ text }), { actor: alice })
  return admission.decision === 'refuse' ? admission.code : admission.decision
}

describe('[F48] device and server measure an action alike', () => {
  // One, two, three and four bytes of UTF-8: what JavaScript counts is one, one, one and two.
  test.each(['x', 'ü', '€', '😀'])(
    'in bytes of its text with the signature, however many units %s has',
    async (letter) => {
      let [fits, over] = [0, maxActionBytes]
      while (over - fits > 1) {
        const middle = (fits + over) >> 1
        if (await prepare(letter.repeat(middle))) fits = middle
        else over = middle
      }
      const largest = await prepare(letter.repeat(fits))
      if (!largest) throw new Error('not even the shortest was made')
      const signed = actionToText({ ...largest.action, sig: 'A'.repeat(86) })
      const bytesOf = (text: string) => new TextEncoder().encode(text).length
      expect(judge(signed)).toBe('accept')
      expect(maxActionBytes - bytesOf(signed)).toBeLessThan(bytesOf(letter))
      expect(judge(signed.replace(letter, letter + letter))).toBe('too-large')
    },
  )
})
