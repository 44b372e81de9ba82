// The browser's offer to install the app, kept by `static/install-offer.js` until somebody takes it.
import { createSubscriber } from 'svelte/reactivity'

/** `BeforeInstallPromptEvent`, which only Chromium has and no type library knows. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

declare global {
  var tierbookInstallOffer: InstallOffer | undefined
}

const standalone = '(display-mode: standalone), (display-mode: window-controls-overlay)'

const subscribe = createSubscriber((update) => {
  const gone = () => {
    globalThis.tierbookInstallOffer = undefined
    update()
  }
  const display = matchMedia(standalone)
  addEventListener('tierbook-install-offer', update)
  addEventListener('appinstalled', gone)
  display.addEventListener('change', update)
  return () => {
    removeEventListener('tierbook-install-offer', update)
    removeEventListener('appinstalled', gone)
    display.removeEventListener('change', update)
  }
})

/** Whether the app runs in a window of its own; followed by whoever reads it in a component. */
export function isInstalled(): boolean {
  subscribe()
  return matchMedia(standalone).matches
}

/** Whether the browser would install the app now; followed likewise. */
export function canInstall(): boolean {
  subscribe()
  return globalThis.tierbookInstallOffer !== undefined
}

/** Shows the browser's own question; true where the person agreed. An offer can be used once. */
export async function install(): Promise<boolean> {
  const offer = globalThis.tierbookInstallOffer
  if (!offer) return false
  const { outcome } = await offer.prompt()
  globalThis.tierbookInstallOffer = undefined
  dispatchEvent(new Event('tierbook-install-offer'))
  return outcome === 'accepted'
}
