/** `feature-extraction`: texts in, the model's states out: for every token, or pooled to one vector a text. */
import { PoolingError, shown } from '../../errors.ts';
import { l2Normalize } from '../../math.ts';
import type { EmbedOptions, EncodeRequestOutput, PoolingOutput } from '../../types.ts';
import { embedOptions, readSettings, type EmbedSettings } from '../embed-options.ts';
import { quantized, type Precision } from './quantize.ts';
import { Tensor } from './tensor.ts';
import { AS_GIVEN, listOf, type PipelineLLM, type Texts } from './texts.ts';

const TYPES = { mean: 'MEAN', cls: 'CLS', first_token: 'CLS', last_token: 'LAST', eos: 'LAST' } as const;

/** Besides: options of `LLM.embed`, such as `signal`, `dimensions` and `truncatePromptTokens`. */
export interface FeatureExtractionOptions extends EmbedSettings {
  /**
   * Default `none`: [texts, tokens, hidden], the rows after a text's last token 0. Others give [texts, hidden]. Where it is the type of
   * `info.pooler`, the vector is the model's own, computed where the model is: with its Dense layers, if it has any. Other types pool the last
   * hidden states here. The last token is the text's last, not its padding.
   */
  pooling?: 'none' | keyof typeof TYPES;
  /** Unit length, of each row or vector. Default false. */
  normalize?: boolean;
  /** A bit for each value. Default false. */
  quantize?: boolean;
  /** Of quantized values. Default `binary`. */
  precision?: Precision;
}

export async function featureExtraction(llm: PipelineLLM, texts: Texts, options?: FeatureExtractionOptions): Promise<Tensor> {
  const own = ['pooling', 'normalize', 'quantize', 'precision'] as const;
  const {
    pooling = 'none',
    normalize = false,
    quantize = false,
    precision = 'binary',
    ...rest
  } = readSettings(options, own, 'feature-extraction');
  if (pooling !== 'none' && !Object.hasOwn(TYPES, pooling))
    throw new PoolingError('invalid-option', `pooling must be one of none, ${Object.keys(TYPES).join(', ')}, got ${shown(pooling)}.`);
  const settings = embedOptions(AS_GIVEN, rest, { poolingParams: { normalize } });
  const tensor =
    pooling === 'none' ? padded(await llm.encode(listOf(texts), settings)) : await pooled(llm, listOf(texts), pooling, settings);
  return quantize ? quantized(tensor, precision) : tensor;
}

async function pooled(llm: PipelineLLM, texts: readonly string[], pooling: keyof typeof TYPES, options: EmbedOptions): Promise<Tensor> {
  const type = TYPES[pooling];
  if (llm.info.pooler.pooling_type === type)
    return stacked((await llm.embed(texts, options)).map(({ outputs: { embedding } }) => embedding));
  const { normalize, ...poolingParams } = options.poolingParams as { normalize: boolean };
  const outputs = await llm.encode(texts, { ...options, poolingParams });
  const vectors = outputs.map(({ outputs: rows }) =>
    type === 'MEAN' ? meanOf(rows) : rowOf(rows, type === 'CLS' ? 0 : rows.shape[0] - 1),
  );
  if (normalize) vectors.forEach(l2Normalize);
  return stacked(vectors);
}

function rowOf({ data, shape: [, columns] }: PoolingOutput, row: number): Float32Array {
  return data.slice(row * columns, (row + 1) * columns);
}

function meanOf({ data, shape: [rows, columns] }: PoolingOutput): Float32Array {
  const sums = new Float64Array(columns);
  data.forEach((value, i) => (sums[i % columns]! += value));
  return Float32Array.from(sums, (sum) => sum / rows);
}

function stacked(vectors: readonly Float32Array[]): Tensor {
  const columns = vectors[0]?.length ?? 0;
  const data = new Float32Array(vectors.length * columns);
  vectors.forEach((vector, i) => data.set(vector, i * columns));
  return new Tensor(data, [vectors.length, columns]);
}

function padded(outputs: readonly EncodeRequestOutput[]): Tensor {
  const columns = outputs[0]?.outputs.shape[1] ?? 0;
  const rows = Math.max(0, ...outputs.map(({ outputs: { shape } }) => shape[0]));
  const data = new Float32Array(outputs.length * rows * columns);
  outputs.forEach((output, i) => data.set(output.outputs.data, i * rows * columns));
  return new Tensor(data, [outputs.length, rows, columns]);
}
