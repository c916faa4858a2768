/** The models and options of withFallback, as a caller gives them -> checked ones, every default filled in. */
import { PoolingError } from '../errors.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import { readOptions, type EitherSpelling } from '../facade/options.ts';
import { checkKinds, FUNCTION, type Kinds } from '../kinds.ts';

/** An LLM of any entry, a promise of one, or what makes one. */
export type FallbackModel = PoolingLLM | Promise<PoolingLLM> | (() => PoolingLLM | Promise<PoolingLLM>);

/** The caller's doing: another model would say the same, or should. */
export const FINAL: readonly unknown[] = ['invalid-input', 'invalid-option', 'input-too-long', 'too-many-tokens', 'aborted'];

export const codeOf = (error: unknown) => (error instanceof PoolingError ? error.code : undefined);

export interface FallbackEvent {
  /** Which of the models failed, and which is asked instead. */
  from: number;
  to: number;
  /** Why. A PoolingError, unless a function of the caller's threw something else. */
  error: unknown;
}

export interface FallbackOptions {
  /**
   * The least cosine between the vectors of two models for a canary text; scores, probabilities and rows of tokens must be as close.
   * Default 0.99: the same model in another number format is. Above 0, at most 1.
   */
  minCosine?: number;
  /**
   * Milliseconds that a model is left alone after it failed, or did not answer before the caller's `AbortSignal.timeout` fired, while another one is
   * well. Then one call finds out whether it is well again. Default 30,000. 0: it is asked first each time.
   */
  coolDown?: number;
  /** Called for each failure that another model makes good. Default: console.warn. What it throws is reported as an uncaught error. */
  onFallback?: (event: FallbackEvent) => void;
  /** Ends the wait for the first model with `aborted`. */
  signal?: AbortSignal;
}

export interface ResolvedFallback {
  minCosine: number;
  coolDown: number;
  onFallback: (event: FallbackEvent) => void;
  signal: AbortSignal | undefined;
}

const KINDS: Kinds<FallbackOptions> = {
  minCosine: ['above 0 and at most 1', (value) => typeof value === 'number' && value > 0 && value <= 1],
  coolDown: ['a number of milliseconds of at least 0', (value) => typeof value === 'number' && value >= 0],
  onFallback: FUNCTION,
};

export function readFallbackOptions(models: unknown, given: EitherSpelling<FallbackOptions> | undefined): ResolvedFallback {
  if (!Array.isArray(models) || models.length === 0 || !Array.from(models, isModel).every(Boolean)) {
    throw new PoolingError('invalid-option', 'withFallback takes a list of LLMs, of promises of LLMs, or of functions that make one.');
  }
  const options = readOptions<FallbackOptions>(given, ['minCosine', 'coolDown', 'onFallback', 'signal'], 'withFallback');
  checkKinds(options, KINDS);
  const { minCosine = 0.99, coolDown = 30_000, onFallback = warn, signal } = options;
  return { minCosine, coolDown, onFallback, signal };
}

/** By its methods: every entry has a copy of the class. */
export function isLlm(value: unknown): value is PoolingLLM {
  return typeof value === 'object' && value !== null && typeof (value as PoolingLLM).embed === 'function';
}

function isModel(value: unknown): boolean {
  return (
    typeof value === 'function' ||
    isLlm(value) ||
    (typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function')
  );
}

function warn({ from, to, error }: FallbackEvent): void {
  console.warn(`rockpool: model ${from} of withFallback failed, model ${to} is asked instead. ${String(error)}`);
}
