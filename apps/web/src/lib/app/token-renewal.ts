// Renews a server token in good time: when more than half of its life is over and there is a network.
import { isDueForRenewal } from '#lib/remote/token.ts'

const checkEveryMs = 600_000 // tokens live for days

/** Holds the token in force. */
export class TokenRenewal {
  token: string
  #keep: (token: string) => void
  #timer: ReturnType<typeof setInterval>
  #check = () => void this.#renewIfDue()

  constructor(token: string, keep: (token: string) => void) {
    this.token = token
    this.#keep = keep
    this.#timer = setInterval(this.#check, checkEveryMs)
    addEventListener('online', this.#check)
    this.#check()
  }

  close(): void {
    clearInterval(this.#timer)
    removeEventListener('online', this.#check)
  }

  async #renewIfDue(): Promise<void> {
    if (!navigator.onLine || !isDueForRenewal(this.token, Date.now())) return
    const { renewToken } = await import('#lib/remote/api.ts')
    const answer = await renewToken(this.token)
    // A refusal shows itself on the websocket as signed out; a missing network is tried again.
    if (!answer.ok) return
    this.token = answer.value.token
    this.#keep(this.token)
  }
}
