/** rockpool over a server: the same LLM, computed by vLLM, Text Embeddings Inference, Infinity, rockpool's own server or any with OpenAI's routes. */
import { PoolingLLM } from './facade/llm.ts';
import type { EitherSpelling } from './facade/options.ts';
import { localFetch } from './local-fetch.ts';
import { connectRemote } from './remote/connect-remote.ts';
import { FallbackLLM, openMembers } from './remote/fallback-llm.ts';
import type { FallbackModel, FallbackOptions } from './remote/fallback-options.ts';
import type { RemoteOptions } from './remote/remote-options.ts';

export class LLM extends PoolingLLM {
  /** A `fetch` that answers the routes of `rockpool/server` by this model: a gateway to a server of another dialect. As `fetch` of `rockpool/edge`. */
  readonly fetch = localFetch(this);

  /**
   * Asks a server what it is and has. Every method then works as it does locally, by requests: split to the server's limits, those too that
   * only its refusals tell, several at a time, sent again where a failure passes. An option that the server cannot be asked for is
   * `invalid-option`, a task `unsupported-task`; an answer that cannot be right (a vector too few, another length, a NaN, another model's
   * name than before) is `server-error`, and never a vector. The prompts' token ids are not known here: `prompt_token_ids` is empty.
   *
   * @param url of the server: `http://host:8000` of vLLM or TEI, with `/v1` or without; OpenAI's as its SDK has it, `https://api.openai.com/v1`.
   * @throws PoolingError `server-error`, `unauthorized`, `overloaded`, `invalid-option`, `aborted`; calls also `invalid-input`, `input-too-long`,
   *   `too-many-tokens`, `unsupported-task`, `disposed`.
   */
  static async connect(url: string | URL, options?: EitherSpelling<RemoteOptions>): Promise<LLM> {
    return new LLM(await connectRemote(url, options));
  }
}

class FetchingFallback extends FallbackLLM {
  readonly fetch = localFetch(this);
}

/**
 * One LLM of several that have the same model, local or remote, in the order of preference: each call is answered by the first that is well. Where the
 * model itself fails (a server that is down, a device that is lost, a download, a task that it lacks), the next is asked; what is the caller's doing
 * (`invalid-input`, `invalid-option`, `input-too-long`, `too-many-tokens`, `aborted`) is final. Results of two models are never mixed:
 * before a second one answers, both must agree on a canary text, or it is `model-mismatch`. So it is where a text may be longer than one of
 * them takes and they do not take as many tokens (`max_model_len`), since they would cut it in two places; with a server that does not say
 * how many it takes, unless `maxModelLen` of `LLM.connect` does; and where such a server may cut what another reads in windows, unless
 * `truncatePromptTokens: -1` is asked for.
 *
 * @param models LLMs of any entry, promises of them, or functions that make one when it is first needed and again when it is gone. They are this LLM's
 *   from now on: `dispose` disposes of them.
 * @throws PoolingError as the last of them does, if none can be had.
 */
export async function withFallback(
  models: readonly FallbackModel[],
  options?: EitherSpelling<FallbackOptions>,
): Promise<PoolingLLM & { readonly fetch: typeof fetch }> {
  return new FetchingFallback(await openMembers(models, options));
}

export { errorCodes, PoolingError, type ErrorCode } from './errors.ts';
export type { PoolingLLM } from './facade/llm.ts';
export type { FallbackEvent, FallbackModel, FallbackOptions } from './remote/fallback-options.ts';
export type { DialectName, RemoteOptions } from './remote/remote-options.ts';
export type * from './types.ts';
