/** In the page that has the model: answers what the service worker hands on. */

/** Milliseconds for an active worker to take over the page. */
const TAKE_OVER = 10_000;

/**
 * Resolves when the service worker sees this page's own requests, too. Rejects if it never will: the page is outside its scope.
 *
 * @param fetch `llm.fetch`, or the handler of several models.
 * @param script URL of sw.js. Pages below its folder are under its control, unless it is served with `Service-Worker-Allowed`.
 */
export async function answerRequests(fetch, script = './sw.js') {
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', ({ data, ports: [port] }) => {
    if (data !== 'rockpool') return;
    const abort = new AbortController();
    port.onmessage = async ({ data }) => {
      if (data === 'abort') return abort.abort();
      const { status, headers, body } = await respond(fetch, data, abort.signal).catch(unavailable);
      port.postMessage({ status, headers, body }, [body]);
    };
    port.postMessage('mine');
  });
  serviceWorker.startMessages();
  const controlled = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  const { scope } = await serviceWorker.register(script);
  if (!location.href.startsWith(scope)) throw new Error(`${location.href} is outside of what the service worker controls, ${scope}.`);
  if (serviceWorker.controller) return;
  // A reload past the cache leaves the page to the network, and a worker that is active already takes over no page by itself.
  const { active } = await serviceWorker.ready;
  active.postMessage('claim');
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error('The service worker does not take over this page.')), TAKE_OVER),
  );
  await Promise.race([controlled, late]);
}

/** The server's code did not load, or the request was given up: whoever waits has to hear of it. */
function unavailable() {
  const message = 'The page that has the model could not answer.';
  const error = { message, type: 'ServiceUnavailableError', param: null, code: 503 };
  const { buffer: body } = new TextEncoder().encode(JSON.stringify({ object: 'error', ...error, error }));
  return {
    status: 503,
    headers: [
      ['Content-Type', 'application/json'],
      ['Retry-After', '1'],
    ],
    body,
  };
}

async function respond(fetch, { method, url, headers, body }, signal) {
  const request = { method, headers, signal, ...(body.byteLength > 0 && { body }) };
  const response = await fetch(new Request(url, request));
  return { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
}
