/**
 * Lets the page and its documentation open without a network. scripts/offline.mjs bundles it and writes into it what there is: PAGES, all files of the
 * site that a visit may need, kept as it is installed; RUNTIMES, onnxruntime's large .wasm files, kept once one was used. Not the models: those are in
 * rockpool's own cache, and their requests pass by here. What is kept has the server's headers, so that the page stays isolated and WASM its threads.
 */
import { cacheNames, clientsClaim, setCacheNameDetails } from 'workbox-core';
import { precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

const urlOf = (path) => new URL(path, registration.scope).href;

setCacheNameDetails({ prefix: 'rockpool-page' });
// Whatever others hang on a link to it, it is the same page.
precacheAndRoute(PAGES, { ignoreURLParametersMatching: [/./] });

const runtimes = new CacheFirst({ cacheName: cacheNames.runtime });
registerRoute(({ url }) => RUNTIMES.map(urlOf).includes(url.href), runtimes);

// The first visit has a worker by then, which would go without.
clientsClaim();

/** A version that is followed by this one may have had other runtimes. */
async function dropOldRuntimes() {
  const cache = await caches.open(cacheNames.runtime);
  const current = RUNTIMES.map(urlOf);
  for (const { url } of await cache.keys()) if (!current.includes(url)) await cache.delete(url);
}
addEventListener('activate', (event) => event.waitUntil(dropOldRuntimes()));

addEventListener('message', (event) => {
  const { data } = event;
  // A new version waits until it is told to: a page must not lose its files while it is used.
  if (data === 'take over') event.waitUntil(skipWaiting());
  // On the first visit the runtime may have been fetched before this worker was there. Then it is in the browser's own cache.
  const used = data?.usedRuntime && RUNTIMES.find((path) => path.includes('asyncify') === (data.usedRuntime === 'webgpu'));
  if (used) event.waitUntil(runtimes.handle({ event, request: new Request(urlOf(used), { cache: 'force-cache' }) }));
});
