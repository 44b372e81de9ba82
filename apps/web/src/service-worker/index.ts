// Keeps the whole shell on the device, so that the app starts without a network; a new version waits until the person agrees.
import { version } from '$app/env'
import { assets, immutable, prerendered } from '$app/manifest'
import { self } from '$app/service-worker'

const cachePrefix = 'shell-'
const cacheName = `${cachePrefix}${version}`
const shell = '/200.html'
const precache = [...immutable, ...assets, ...prerendered]
  .map((file) => '/' + file.path.replace(/^\//, ''))
  .concat(shell)
// What the server answers itself; never a page of the app.
const serverPaths = /^\/(?:api|sync|healthz|readyz|metrics)(?:\/|$)/

self.addEventListener('install', (event) => {
  // `reload` passes the HTTP cache by: a shell of two versions would not start.
  const requests = precache.map((path) => new Request(path, { cache: 'reload' }))
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(requests)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => self.clients.claim()))
})

self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin || serverPaths.test(url.pathname)) return
  event.respondWith(answer(request))
})

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const isNavigation = request.mode === 'navigate'
  const hit = await cache.match(request, { ignoreSearch: isNavigation })
  if (hit) return hit
  if (isNavigation) return (await cache.match(shell)) ?? fetch(request)
  // A tab that still runs the version before loads its remaining parts from that version's cache.
  return (await caches.match(request)) ?? fetch(request)
}

async function dropOldCaches(): Promise<void> {
  const shells = (await caches.keys()).filter((key) => key.startsWith(cachePrefix) && key !== cacheName)
  const dropped = shells.slice(0, -1)
  await Promise.all(dropped.map((key) => caches.delete(key)))
}
