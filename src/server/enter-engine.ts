/** A request to a model -> its work in the engine: let in by the limits, timed, and counted. */
import { PoolingError } from '../errors.ts';
import type { Timings } from '../types.ts';
import type { Admission } from './admission.ts';
import type { Call } from './call.ts';
import { within } from '../within.ts';
import { tooManyNumbers } from './http-error.ts';
import type { Limits } from './options.ts';
import type { ServedModel } from './served-models.ts';
import { rowLimit, tokenLimit } from './token-limit.ts';

/** What is known of a request once it has been to a model. */
export interface Entered {
  model: ServedModel | null;
  /** Sums over the engine's calls of the request, in milliseconds; `queue` has the wait before the engine too. Null: none reported any. */
  timings: Timings | null;
  /** What the engine's last call said that it has read so far. */
  tokensRead: number;
}

export function engineEntry(limits: Limits, admission: Admission, signal: AbortSignal, entered: Entered): Call['enter'] {
  return async (model, { priority = 0, isPerToken = false }, work) => {
    entered.model = model;
    const begin = performance.now();
    return admission.run(priority, signal, () => {
      const waited = performance.now() - begin;
      const mostTokens = tokenLimit(limits, model.llm);
      const mostRows = isPerToken ? rowLimit(limits, model.llm) : Infinity;
      const most = Math.min(mostTokens, mostRows);
      const answer = work({
        signal,
        priority,
        ...(most !== Infinity && { maxTotalTokens: most }),
        onProgress: ({ timings, tokens }) => {
          entered.timings = { ...timings, queue: timings.queue + waited };
          entered.tokensRead = tokens;
        },
      });
      // A model that does not hear the signal gives its place back all the same.
      return within(Infinity, signal, answer).catch((error: unknown) => {
        const isRows = mostRows < mostTokens && error instanceof PoolingError && error.code === 'too-many-tokens';
        throw isRows ? tooManyNumbers(limits, `rows of ${mostRows} tokens`) : error;
      });
    });
  };
}
