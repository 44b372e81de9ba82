// The people of a book with a server: asked for when the page opens, after each change, and every few seconds while it is looked at.
import { m } from '#lib/paraglide/messages.js'
import { changeRole, listMembers, type Member, revokeAccess, type Answer } from '#lib/remote/api.ts'
import type { Role } from '#lib/remote/role-words.ts'

const askEveryMs = 10_000 // as often as the server writes down who was here

/** Whom the server lets in, and what an owner may do about it. */
export class PeopleRoster {
  #members = $state.raw<readonly Member[]>([])
  #problem = $state<string | null>(null)
  #token: () => string | null

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

  /** Keeps the list fresh until the function it gives is called. */
  follow(): () => void {
    const ask = () => {
      if (document.visibilityState === 'visible') void this.refresh()
    }
    ask()
    const timer = setInterval(ask, askEveryMs)
    document.addEventListener('visibilitychange', ask)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }

  async refresh(): Promise<void> {
    const token = this.#token()
    if (token === null) return
    const answer = await listMembers(token)
    if (answer.ok) this.#members = answer.value
    this.#problem = answer.ok ? null : answer.message
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
    if (answer.ok) return null
    return answer.code === 'last-owner' ? m.people_role_last() : answer.message
  }
}
