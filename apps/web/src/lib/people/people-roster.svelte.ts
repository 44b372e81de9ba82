// The people of a book with a server. Who they are is asked for: when something happens that may have changed them, never on a timer.
import { changeRole, listMembers, type Member, revokeAccess, type Answer } from '#lib/remote/api.ts'
import type { Role } from '#lib/remote/role-words.ts'

/** Whom the server lets in, and what an owner may do about it. */
export class PeopleRoster {
  #members = $state.raw<readonly Member[]>([])
  #problem = $state<string | null>(null)
  #token: () => string | null
  #asking: Promise<void> | null = null
  #isAskedAgain = false

  /** `token` gives the one in force; null for a book without a server. */
  constructor(token: () => string | null) {
    this.#token = token
  }

  get members(): readonly Member[] {
    return this.#members
  }
  /** Why the server was not asked or did not answer; null otherwise. */
  get problem(): string | null {
    return this.#problem
  }

  /** Asks now; whoever wants to know while an answer is under way gets one that was asked for afterwards. */
  async refresh(): Promise<void> {
    this.#isAskedAgain = true
    this.#asking ??= this.#askUntilLatest().finally(() => (this.#asking = null))
    await this.#asking
  }

  async #askUntilLatest(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false
      const token = this.#token()
      if (token === null) return
      const answer = await listMembers(token)
      if (answer.ok) this.#members = answer.value
      this.#problem = answer.ok ? null : answer.message
    }
  }

  /** Words where it was refused. */
  setRole(actor: string, role: Role): Promise<string | null> {
    return this.#change((token) => changeRole(token, { actor, role }))
  }

  /** A device, or the person with all of them; words where it was refused. */
  revoke(actor: string, device?: string): Promise<string | null> {
    return this.#change((token) => revokeAccess(token, { actor, ...(device === undefined ? {} : { device }) }))
  }

  async #change(ask: (token: string) => Promise<Answer<object>>): Promise<string | null> {
    const token = this.#token()
    if (token === null) return null
    const answer = await ask(token)
    await this.refresh()
    return answer.ok ? null : answer.message
  }
}
