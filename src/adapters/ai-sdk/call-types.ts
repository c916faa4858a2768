/** What the AI SDK's specifications V3 and V4 have in common, so that a model of either version fits. Imports nothing of the SDK. */

/**
 * `v3`, the default, is taken by `ai` 6 and 7 alike: `ai` 7 hands `dimensions` to it too. `v4` is taken by `ai` 7 alone, and is for code that
 * asks for the newest.
 */
export type SpecificationVersion = 'v3' | 'v4';

export interface SdkCallOptions {
  abortSignal?: AbortSignal | undefined;
  /** `rockpool`: the options of the LLM's method, for this call. */
  providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** Without effect: nothing is sent. */
  headers?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface SdkWarning {
  type: 'compatibility';
  feature: string;
  details: string;
}
