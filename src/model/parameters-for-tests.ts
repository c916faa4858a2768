/** config.json -> how many weights a model has, and how large its ONNX file is in each format: the arithmetic of docs/models.md. */

export interface Parameters {
  /** Tables of words and positions. */
  tables: number;
  /** All others, nearly all of them in matrix products. */
  rest: number;
}

type Config = Readonly<Record<string, unknown>>;

export function parametersOf(config: Config): Parameters {
  const size = (name: string, otherwise = 0) => (config[name] as number | undefined) ?? otherwise;
  const [hidden, layers, inner] = [size('hidden_size'), size('num_hidden_layers'), size('intermediate_size')];
  const heads = size('num_attention_heads');
  const words = size('vocab_size') * hidden;
  if (size('num_key_value_heads') === 0) {
    const tables = words + (config['position_embedding_type'] === 'rotary' ? 0 : size('max_position_embeddings') * hidden);
    const attention = 4 * (hidden * hidden + hidden) + 2 * hidden;
    const feedForward = 2 * hidden * inner + inner + hidden + 2 * hidden;
    // Token types and their norm before the layers; BERT's pooler, or the dense layer of RoBERTa's classifiers, behind them.
    const around = size('type_vocab_size') * hidden + 2 * hidden + hidden * hidden + hidden;
    return { tables, rest: around + layers * (attention + feedForward) + head(config) };
  }
  const width = size('head_dim', hidden / heads);
  const [queries, keys] = [heads * width, size('num_key_value_heads') * width];
  const norms = 2 * hidden + (config['model_type'] === 'qwen3' ? 2 * width : 0);
  const biases = String(config['model_type']).startsWith('qwen2') ? queries + 2 * keys : 0;
  const layer = 2 * hidden * queries + 2 * hidden * keys + 3 * hidden * inner + norms + biases;
  return { tables: words, rest: layers * layer + hidden + head(config) };
}

/** The last layer of a classifier. Encoders' has a bias, decoders' has none. Reward models of Qwen2 have a square one before it. */
function head(config: Config): number {
  const [architecture] = config['architectures'] as string[];
  const hidden = config['hidden_size'] as number;
  if (architecture === 'Qwen2ForRewardModel') return hidden * hidden + hidden + hidden + 1;
  if (!architecture!.endsWith('ForSequenceClassification')) return 0;
  const labels = Object.keys(config['id2label'] as object).length;
  return labels * hidden + (config['num_key_value_heads'] === undefined ? labels : 0);
}

/** Bytes a weight. 4 bits come with a scale for every 32; `q4` and `q4f16` leave the tables in float32 and float16, as transformers.js' script does. */
const BYTES = {
  q8: { tables: 1, rest: 1 },
  fp16: { tables: 2, rest: 2 },
  q4: { tables: 4, rest: 0.5 + 4 / 32 },
  q4f16: { tables: 2, rest: 0.5 + 2 / 32 },
} as const;

export type Format = keyof typeof BYTES;
export const FORMATS = Object.keys(BYTES) as Format[];

export function fileSize({ tables, rest }: Parameters, format: Format): number {
  return tables * BYTES[format].tables + rest * BYTES[format].rest;
}

/** Measured by bench/memory-by-dtype.mjs: a file takes about three times its size of WebAssembly memory, which ends at 4 GiB. */
const COPIES = 3;

/** The formats whose file fits WebAssembly memory. */
export function fitting(parameters: Parameters): Format[] {
  return FORMATS.filter((format) => COPIES * fileSize(parameters, format) <= 4 * 2 ** 30);
}
