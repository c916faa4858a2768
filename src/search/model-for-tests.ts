/** A model that costs nothing: a text's vector is made of its characters, so that any change of a letter gives another one. */
import type { Embedder } from './search-types.ts';

export function hashModel({
  seed = 1,
  size = 16,
  /** Of its vectors: 1 as of a model that normalises them. */
  length = 1,
  name = 'hash',
  most = 64,
  prompts = { doc: 'doc: ' } as Record<string, string>,
} = {}) {
  const model = {
    /** Texts that it was asked for. */
    embedded: 0,
    /** Each call of `embed` waits for it. */
    onEmbed: async (_texts: string[]): Promise<void> => {},
    info: { model: name, dtype: 'fp32', pooler: { pooling_type: 'MEAN' }, max_model_len: most, prompts },
    tokenize: async (texts: string | string[], { addSpecialTokens = true } = {}) =>
      [texts].flat().map((text) => ({ count: Math.ceil(text.length / 4) + (addSpecialTokens ? 2 : 0) })),
    embed: async (texts: string | string[], { promptName, signal }: { promptName?: string; signal?: AbortSignal } = {}) => {
      signal?.throwIfAborted();
      model.embedded += [texts].flat().length;
      await model.onEmbed([texts].flat());
      const vectors = [texts].flat().map((text) => vectorOf((promptName ?? '') + text, seed, size));
      return vectors.map((vector) => ({ outputs: { embedding: length === 1 ? vector : vector.map((value) => value * length) } }));
    },
  };
  return model as typeof model & Embedder;
}

/** One that chunks late: the mean of any tokens is one vector. */
export function lateModel() {
  const model = hashModel();
  const late = {
    ...model,
    info: { ...model.info, tasks: ['token_embed'] },
    /** Calls of `tokenEmbed`. */
    read: 0,
    tokenEmbed: async (_: string, { poolingParams }: { poolingParams: { late_chunking_params: { char_ranges: unknown[] } } }) => {
      late.read++;
      const rows = poolingParams.late_chunking_params.char_ranges.length;
      return [{ outputs: { data: new Float32Array(rows * 16).fill(0.25), shape: [rows, 16] } }];
    },
  };
  return late as unknown as typeof model & { read: number };
}

/** The first `embed` after `hold` waits until `go`. */
export function heldModel() {
  const llm = hashModel();
  let go = () => {};
  const hold = () => {
    const held = new Promise<void>((resolve) => (go = resolve));
    return new Promise<void>((begun) => {
      llm.onEmbed = () => {
        llm.onEmbed = async () => {};
        begun();
        return held;
      };
    });
  };
  return { llm, hold, go: () => go() };
}

export function vectorOf(text: string, seed = 1, size = 16): Float32Array {
  let state = 2_166_136_261 ^ seed;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 16_777_619);
  const vector = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
