// Keeps the browser's offer to install the app: it comes once, often before the app has started, and the app asks at a better moment.
addEventListener('beforeinstallprompt', function (offer) {
  offer.preventDefault()
  globalThis.tierbookInstallOffer = offer
  dispatchEvent(new Event('tierbook-install-offer'))
})
