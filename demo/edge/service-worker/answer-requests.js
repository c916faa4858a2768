/** In the page that has the model: answers what the service worker hands on. */

/**
 * Resolves when the service worker sees this page's own requests, too.
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
      const { status, headers, body } = await respond(fetch, data, abort.signal);
      port.postMessage({ status, headers, body }, [body]);
    };
    port.postMessage('mine');
  });
  serviceWorker.startMessages();
  const controlled = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  await serviceWorker.register(script);
  if (!serviceWorker.controller) await controlled;
}

async function respond(fetch, { method, url, headers, body }, signal) {
  const request = { method, headers, signal, ...(body.byteLength > 0 && { body }) };
  const response = await fetch(new Request(url, request));
  return { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
}
