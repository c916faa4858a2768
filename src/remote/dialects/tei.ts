/** The dialect of Text Embeddings Inference, its native routes: they have more options than its copy of OpenAI's. One model, which is of one kind. */
import { isSameName, otherModel } from '../answering-model.ts';
import { look } from '../ask.ts';
import { switchOf } from '../asked.ts';
import type { Dialect, DetokenizeRoute, PoolAsked, PoolRoute, ScoreRoute } from '../dialect.ts';
import { placed } from '../placed.ts';
import { listOf, matrixOf, vectorOf, wrong, type Fields } from '../read-answer.ts';
import type { Dtype, PoolingType } from '../../types.ts';
import { rootOf } from './model-list.ts';
import { readNamedScores } from './named-scores.ts';
import { readRanks } from './rerank-scores.ts';

const POOLINGS: Readonly<Record<string, PoolingType>> = { cls: 'CLS', mean: 'MEAN', last_token: 'LAST' };
const DTYPES: Readonly<Record<string, Dtype>> = { float32: 'fp32', float16: 'fp16' };

export const tei: Dialect = async (server, options, signal) => {
  const root = rootOf(server);
  const looked = await look(server, `${root}/info`, null, signal);
  if ('fault' in looked) {
    if (options.dialect === 'tei') throw looked.fault;
    return null;
  }
  const info = (looked.answer ?? {}) as Fields;
  const type = info['model_type'];
  if (typeof info['model_id'] !== 'string' || typeof type !== 'object' || type === null) return null;
  const { embedding, classifier, reranker } = type as Readonly<Record<string, Fields | undefined>>;
  const labels = options.labels ?? namesOf((classifier ?? reranker)?.['id2label']);
  return {
    title: `TEI ${String(info['version'] ?? '')}`.trim(),
    model: options.model ?? info['model_id'],
    maxInputs: countIn(info['max_client_batch_size']) ?? 32,
    maxModelLen: countIn(info['max_input_length']) ?? Infinity,
    dtype: DTYPES[String(info['model_dtype'])] ?? null,
    pooling: POOLINGS[String(embedding?.['pooling'])] ?? null,
    labels,
    // Its routes have no name of a model, neither in their bodies nor in their answers.
    warnings:
      options.model === null || isSameName(options.model, info['model_id'])
        ? []
        : [otherModel(placed(server), options.model, info['model_id'])],
    pool: embedding ? { embed: embed(root), encode: embedAll(root) } : { classify: predict(root, labels) },
    score: embedding ? 'cosine' : reranker ? rerank(root) : null,
    tokenize: null,
    detokenize: decode(root),
  };
};

/**
 * Never left out: a server's own default is to cut. `prompt` is not taken, since a server that was started with a default prompt writes it before every
 * text that names none; token ids are not, since it makes text of them and tokenises it again.
 */
const READING = ['truncateToMax', 'truncationSide', 'promptName'] as const;

function truncation({ truncatePromptTokens, truncationSide }: Pick<PoolAsked, 'truncatePromptTokens' | 'truncationSide'>) {
  return { truncate: truncatePromptTokens !== null, truncation_direction: truncationSide };
}

const named = ({ promptName }: PoolAsked) => promptName !== null && { prompt_name: promptName };

function embed(root: string): PoolRoute {
  return {
    path: `${root}/embed`,
    takes: [...READING, 'activation', 'dimensions'],
    takesIds: false,
    body(inputs, asked) {
      const { dimensions } = asked.params;
      const normalize = switchOf(asked.params);
      return {
        inputs,
        ...truncation(asked),
        ...named(asked),
        ...(normalize !== null && { normalize }),
        ...((dimensions ?? null) !== null && { dimensions }),
      };
    },
    read: (answer, count) =>
      listOf(answer, count, 'embeddings').map((embedding) => {
        const data = vectorOf(embedding, 'an embedding');
        return { data, shape: [1, data.length] };
      }),
  };
}

function embedAll(root: string): PoolRoute {
  return {
    path: `${root}/embed_all`,
    takes: READING,
    takesIds: false,
    body: (inputs, asked) => ({ inputs, ...truncation(asked), ...named(asked) }),
    read: (answer, count) => listOf(answer, count, 'lists of states').map((rows) => matrixOf(rows, 'the states of a text')),
  };
}

function predict(root: string, labels: readonly string[] | null): PoolRoute {
  return {
    path: `${root}/predict`,
    takes: ['truncateToMax', 'truncationSide', 'activation'],
    takesIds: false,
    // A list of two texts would be one pair.
    body: (inputs, asked) => ({
      inputs: inputs.map((input) => [input]),
      ...truncation(asked),
      raw_scores: switchOf(asked.params) === false,
    }),
    read: (answer, count) => readNamedScores(answer, count, labels),
  };
}

function rerank(root: string): ScoreRoute {
  return {
    path: `${root}/rerank`,
    takes: ['truncateToMax', 'truncationSide', 'activation'],
    pairs: false,
    body: ([query], texts, asked) => ({
      query,
      texts,
      ...truncation(asked),
      raw_scores: switchOf(asked.params) === false,
      return_text: false,
    }),
    read: (answer, count) => readRanks(answer, count, 'score'),
  };
}

function decode(root: string): DetokenizeRoute {
  return {
    path: `${root}/decode`,
    body: (ids) => ({ ids: [ids], skip_special_tokens: false }),
    read(answer) {
      const [text] = listOf(answer, 1, 'texts');
      if (typeof text !== 'string') throw wrong('no text');
      return text;
    },
  };
}

/** `{ "0": "negative", "1": "positive" }`. */
function namesOf(id2label: unknown): string[] | null {
  if (typeof id2label !== 'object' || id2label === null) return null;
  const names = Object.keys(id2label).map((_, i) => (id2label as Fields)[i]);
  return names.every((name) => typeof name === 'string') ? names : null;
}

function countIn(value: unknown): number | null {
  return Number.isInteger(value) && (value as number) >= 1 ? (value as number) : null;
}
