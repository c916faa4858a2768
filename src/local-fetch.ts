/** An LLM -> a `fetch` that it answers itself, as the server would: for clients that take one. The server's code is loaded with the first request. */
import { asPoolingError } from './errors.ts';
import type { Handler } from './server/handler.ts';
import type { PoolingModel } from './server/served-models.ts';

export function localFetch(llm: PoolingModel): typeof fetch {
  let loading: Promise<Handler> | undefined;
  return async (input, init) => {
    const request = new Request(input, init);
    const { signal } = request;
    loading ??= import('./server.ts').then(
      ({ createHandler }) => createHandler(llm),
      (cause: unknown) => {
        // It is asked for again by the next request.
        loading = undefined;
        throw asPoolingError(cause, 'download-failed', 'The code of llm.fetch did not come');
      },
    );
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      loading!.then((handler) => handler(request)).then(resolve, reject);
    });
  };
}
