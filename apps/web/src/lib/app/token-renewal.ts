// Renews a server token in good time, and learns with it which role this device has now.
import type { Renewed } from '#lib/remote/api.ts'
import { isDueForRenewal } from '#lib/remote/token.ts'

const checkEveryMs = 600_000 // tokens live for days

/** Holds the token in force. */
export class TokenRenewal {
  token: string
  #keep: (renewed: Renewed) => void
  #isClosed = false
  #timer: ReturnType<typeof setInterval>
  #check = () => void this.#renewIfDue()

  constructor(token: string, keep: (renewed: Renewed) => void) {
    this.token = token
    this.#keep = keep
    this.#timer = setInterval(this.#check, checkEveryMs)
    addEventListener('online', this.#check)
    this.#check()
  }

  /** Asks the server for a fresh token, whether or not it is time: after each connecting, since the role may have changed meanwhile. */
  async renew(): Promise<void> {
    const { renewToken } = await import('#lib/remote/api.ts')
    const answer = await renewToken(this.token)
    // A refusal shows itself on the websocket as signed out; a missing network is tried again.
    if (!answer.ok || this.#isClosed) return
    this.token = answer.value.token
    this.#keep(answer.value)
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    removeEventListener('online', this.#check)
  }

  async #renewIfDue(): Promise<void> {
    if (navigator.onLine && isDueForRenewal(this.token, Date.now())) await this.renew()
  }
}
