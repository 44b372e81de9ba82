// A question that the book or a person changes faster than it is answered: each part of a seal and each receipt changes the book.

/** What becomes of answers. */
export interface Takers<Question, Answer> {
  /** May be of the book as it was a moment ago: a newer question is on its way then. */
  readonly take: (answer: Answer, question: Question) => void
  readonly fail: (cause: unknown) => void
}

/**
 * Makes a function that asks one question at a time. What is asked while an answer is awaited replaces what was asked before it and waits;
 * questions that were overtaken are never asked.
 */
export function createNewestAsker<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  { take, fail }: Takers<Question, Answer>,
): (question: Question) => void {
  let next: { readonly question: Question } | null = null
  let isAsking = false

  async function askAll(): Promise<void> {
    isAsking = true
    while (next) {
      const { question } = next
      next = null
      try {
        take(await ask(question), question)
      } catch (cause) {
        fail(cause)
      }
    }
    isAsking = false
  }

  return (question) => {
    next = { question }
    if (!isAsking) void askAll()
  }
}
