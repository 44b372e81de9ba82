// Why a server could not start: for the person at the terminal, without a stack.
import type { DataFolderProblem } from './storage/data-folder.ts'

/** A start-up problem with words that say what to do. */
export type StartProblem =
  | DataFolderProblem
  | {
      readonly code: 'port-unavailable' | 'database-unavailable' | 'store-unusable' | 'unfinished-move'
      readonly message: string
    }

/** Rejects {@link createServer}. */
export class StartError extends Error {
  readonly problem: StartProblem

  constructor(problem: StartProblem) {
    super(problem.message)
    this.name = 'StartError'
    this.problem = problem
  }
}
