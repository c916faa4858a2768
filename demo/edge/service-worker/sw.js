/**
 * Hands the requests of this origin's pages to the one that has the model, over a MessageChannel: any `fetch('/v1/embeddings')` is answered in the
 * browser. It computes nothing itself: browsers stop an idle service worker, and its model with it, and Firefox gives it no WebGPU.
 */

/** The API's paths. Everything else goes its usual way; so do pages, scripts and pictures under such a path, which are the site's own. */
const API = /^\/(v[12]\/|(pooling|classify|score|rerank|tokenize|detokenize|health|ping|version|load|metrics|openapi\.json|docs)$)/;

/** Milliseconds for a page to say that it has the model. Its main thread is free: the engine is in a worker of its own. */
const OFFER = 2_000;

/** Milliseconds between two looks whether that page is still there. */
const WATCH = 500;

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => event.data === 'claim' && event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isFetch = event.request.destination === '';
  if (isFetch && origin === location.origin && API.test(pathname)) event.respondWith(answer(event.request));
});

async function answer(request) {
  const owner = await findOwner();
  if (!owner) return unavailable('No page that has loaded a model is open.');
  const { method, url, signal } = request;
  const body = await request.arrayBuffer();
  return new Promise((resolve) => {
    const { client, port } = owner;
    const done = (response) => {
      clearInterval(watch);
      port.close();
      resolve(response);
    };
    const watch = setInterval(async () => {
      if (!(await clients.get(client.id))) done(unavailable('The page with the model was closed.'));
    }, WATCH);
    port.onmessage = ({ data: { status, headers, body } }) => done(new Response(bodyless(status) ? null : body, { status, headers }));
    // Of a request that was given up. Chromium 156 never says so, and it is answered in vain.
    signal.addEventListener('abort', () => port.postMessage('abort'));
    port.postMessage({ method, url, headers: [...request.headers], body }, [body]);
  });
}

/** Asks all pages at once; the first that says yes has it. Those without a model say nothing. The ports of all others are closed. */
async function findOwner() {
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const asked = pages.map((client) => ({ client, channel: new MessageChannel() }));
  return new Promise((resolve) => {
    const end = (found) => {
      clearTimeout(timer);
      for (const { channel } of asked) if (channel.port1 !== found?.port) channel.port1.close();
      resolve(found);
    };
    const timer = setTimeout(() => end(null), OFFER);
    for (const { client, channel } of asked) {
      const port = channel.port1;
      port.onmessage = () => end({ client, port });
      client.postMessage('rockpool', [channel.port2]);
    }
  });
}

const bodyless = (status) => [204, 205, 304].includes(status);

/** As the server words its errors. Clients try again after a second. */
function unavailable(message) {
  const error = { message, type: 'ServiceUnavailableError', param: null, code: 503 };
  return Response.json({ object: 'error', ...error, error }, { status: 503, headers: { 'Retry-After': '1' } });
}
