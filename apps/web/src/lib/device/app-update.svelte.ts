// Watches for a new version of the app: it is announced, and applied only when the person agrees.
import { dev } from '$app/env'

const checkEveryMs = 3_600_000 // a deployment is rare; coming back to the tab checks as well

/** The service worker's state as the update prompt needs it. */
export class AppUpdate {
  #waiting = $state.raw<ServiceWorker | null>(null)
  #replaced = $state(false)
  #asked = false

  /** A new version is on this device and waits. */
  get isReady(): boolean {
    return this.#waiting !== null
  }

  /** Another tab applied the new version while this one still runs the old. */
  get isReplaced(): boolean {
    return this.#replaced
  }

  /** Registers the worker and keeps watching; returns what ends it. */
  start(): () => void {
    if (dev || !('serviceWorker' in navigator)) return () => {}
    const container = navigator.serviceWorker
    const hadController = container.controller !== null
    let registration: ServiceWorkerRegistration | undefined
    const check = () => {
      if (document.visibilityState === 'visible' && navigator.onLine) registration?.update().catch(() => {})
    }
    const onController = () => {
      if (this.#asked) location.reload()
      else if (hadController) this.#replaced = true
    }
    container.register('/service-worker.js', { type: 'module' }).then(
      (registered) => {
        registration = registered
        // A browser that blocks workers may resolve with nothing.
        if (registered as unknown) this.#follow(registered)
      },
      (problem: unknown) => console.warn('The app could not be kept for offline use:', problem),
    )
    container.addEventListener('controllerchange', onController)
    document.addEventListener('visibilitychange', check)
    const timer = setInterval(check, checkEveryMs)
    return () => {
      container.removeEventListener('controllerchange', onController)
      document.removeEventListener('visibilitychange', check)
      clearInterval(timer)
    }
  }

  /** Lets the waiting version take over, then reloads this tab. */
  apply(): void {
    this.#asked = true
    if (this.#waiting && !this.#replaced) this.#waiting.postMessage('skip-waiting')
    else location.reload()
  }

  #follow(registration: ServiceWorkerRegistration): void {
    const look = () => {
      // Without a controller this is the first install: nothing old is running.
      if (registration.waiting && navigator.serviceWorker.controller) this.#waiting = registration.waiting
    }
    look()
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look)
    })
  }
}
