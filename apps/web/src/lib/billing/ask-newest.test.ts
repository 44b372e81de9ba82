import { expect, test } from 'vitest'
import { createNewestAsker } from './ask-newest.ts'

test('one question is on its way at a time, and those overtaken meanwhile are never asked', async () => {
  const { asked, taken, ask, answer } = answering()
  for (const question of [1, 2, 3, 4]) ask(question)
  expect(asked).toEqual([1])
  await answer()
  expect(asked).toEqual([1, 4])
  await answer()
  expect(taken).toEqual([1, 4])
  ask(5)
  await answer()
  expect(taken).toEqual([1, 4, 5])
})

test('a question that failed keeps no later one from being asked', async () => {
  const { asked, taken, failed, ask, answer } = answering()
  ask(1)
  ask(2)
  await answer(new Error('lost'))
  await answer()
  expect({ asked, taken, failed }).toEqual({ asked: [1, 2], taken: [2], failed: ['Error: lost'] })
})

/** A worker that answers a question with itself, when it is told to. */
function answering() {
  const [asked, taken, failed] = [[] as number[], [] as number[], [] as string[]]
  let settle: (error?: Error) => void = () => {}
  const ask = createNewestAsker(
    (question: number) => {
      asked.push(question)
      return new Promise<number>((resolve, reject) => {
        settle = (error) => (error ? reject(error) : resolve(question))
      })
    },
    { take: (answer) => taken.push(answer), fail: (cause) => failed.push(String(cause)) },
  )
  const answer = async (error?: Error) => {
    settle(error)
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { asked, taken, failed, ask, answer }
}
