/** The committed answers of Sentence-Transformers, as cases to run against an LLM in any realm. Made by make_fixtures.py. */
import type { EmbedOptions, LoadOptions, PoolerConfig } from '../../src/types.ts';

export interface Fixture {
  model: string;
  hidden_size: number;
  max_model_len: number;
  cases: OracleCase[];
}

export interface OracleCase {
  id: string;
  text: string;
  options: {
    truncate_prompt_tokens?: number;
    truncation_side?: 'left' | 'right';
    dimensions?: number;
    normalize?: boolean;
    pooling_type?: 'MEAN' | 'CLS' | 'LAST' | 'ALL';
    enable_chunked_processing?: boolean;
    max_embed_len?: number;
  };
  tokens: number;
  prompt_token_ids?: number[];
  shape: number[];
  /** base64 of little-endian float32. */
  embedding: string;
}

/** Cases that one loaded model can answer: the pooler is chosen at load time, everything else by the request. */
export function byPooler(fixture: Fixture): Map<'MEAN' | 'CLS' | 'LAST', OracleCase[]> {
  const groups = new Map<'MEAN' | 'CLS' | 'LAST', OracleCase[]>();
  for (const one of fixture.cases) {
    const type = one.options.pooling_type ?? 'MEAN';
    const key = type === 'ALL' ? 'MEAN' : type;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

export function loadOptions(pooling_type: 'MEAN' | 'CLS' | 'LAST'): LoadOptions {
  const overridePoolerConfig: PoolerConfig = { pooling_type, normalize: true, enable_chunked_processing: true, max_embed_len: 3_072_000 };
  return { overridePoolerConfig, hfOverrides: { is_matryoshka: true }, onLog: () => {} };
}

export function callOptions({ options }: OracleCase): EmbedOptions {
  const { dimensions, normalize, truncate_prompt_tokens, truncation_side } = options;
  return {
    poolingParams: { ...(dimensions !== undefined && { dimensions }), ...(normalize !== undefined && { normalize }) },
    ...(truncate_prompt_tokens !== undefined && { truncatePromptTokens: truncate_prompt_tokens }),
    ...(truncation_side && { truncationSide: truncation_side }),
  };
}

export function expected({ embedding }: OracleCase): Float32Array {
  const bytes = Uint8Array.from(atob(embedding), (char) => char.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** Cosine, and by how much the length is off. A right direction with a wrong length is a wrong vector where it is not normalised. */
export function compare(actual: Float32Array, wanted: Float32Array): { cosine: number; norm: number } {
  const [a, b] = [Math.hypot(...actual), Math.hypot(...wanted)];
  const dot = actual.reduce((sum, value, i) => sum + value * wanted[i]!, 0);
  return { cosine: actual.length === wanted.length ? dot / (a * b) : NaN, norm: Math.abs(a / b - 1) };
}
