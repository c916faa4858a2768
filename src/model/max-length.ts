/** A model's files -> the most tokens it takes at a time, as vLLM derives it. */
import { PoolingError } from '../errors.ts';
import type { LogEntry } from '../types.ts';
import type { ConfigFiles } from './config-files.ts';
import { textValue } from './config-value.ts';
import { isObject, type JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';

/** Keys of config.json under which models keep their length. The smallest value counts. */
const keys = [
  'max_position_embeddings',
  'n_positions',
  'max_seq_len',
  'seq_length',
  'model_max_length',
  'max_target_positions',
  'max_sequence_length',
  'max_seq_length',
  'seq_len',
];
const defaultLength = 2048;

/** Families whose position embeddings are a learned table, even where config.json does not say so: the class has it as its default. */
const padded = [
  'roberta',
  'xlm-roberta',
  'xlm-roberta-xl',
  'roberta-prelayernorm',
  'camembert',
  'mpnet',
  'data2vec-text',
  'longformer',
  'ibert',
  'xmod',
  'luke',
];
const absolute = [...padded, 'bert', 'albert', 'electra', 'distilbert', 'ernie', 'mobilebert', 'megatron-bert', 'nystromformer'];

/** `config` is config.json with the overrides laid over it. */
export function resolveMaxLength(
  config: JsonObject,
  files: Pick<ConfigFiles, 'tokenizerConfig' | 'modules' | 'sentence'>,
  maxModelLen: number | null,
  log: (entry: LogEntry) => void,
): number {
  if (maxModelLen !== null && !isCount(maxModelLen)) {
    throw new PoolingError('invalid-option', `maxModelLen has to be a whole number above 0, not ${maxModelLen}.`);
  }
  const positions = learnedPositions(config);
  const named = smallest(config, positions);
  const length = sentenceLength(files.sentence, positions, log) ?? configLength(named?.length ?? null, positions, files);
  if (length === null) {
    if (maxModelLen === null)
      log({
        level: 'warning',
        message: `config.json names no maximum length. Assuming ${defaultLength} tokens; maxModelLen sets another.`,
      });
    return maxModelLen ?? defaultLength;
  }
  if (maxModelLen !== null && maxModelLen > length) {
    throw new PoolingError(
      'invalid-option',
      `User-specified max_model_len (${maxModelLen}) is greater than the derived max_model_len (${named?.key ?? 'None'}=${length} or model_max_length=${config['model_max_length'] ?? 'None'} in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 in vLLM; rockpool has no such switch. Set maxModelLen to ${length} or less.`,
    );
  }
  return maxModelLen ?? length;
}

/** Sentence-Transformers' own maximum replaces all others, but for tokens without a position: their vectors would be made of nothing. */
function sentenceLength(sentence: JsonObject | null, positions: number | null, log: (entry: LogEntry) => void): number | null {
  const kwargs = sentence?.['processor_kwargs'] ?? sentence?.['tokenizer_args'];
  const length = asLength(sentence?.['max_seq_length']) ?? asLength(isObject(kwargs) ? kwargs['model_max_length'] : null);
  if (length === null || positions === null || length <= positions) return length;
  log({ level: 'warning', message: `max_seq_length is ${length}, but the model has ${positions} positions. Taking ${positions}.` });
  return positions;
}

/** The tokenizer's maximum counts for learned positions (vLLM), and where Sentence-Transformers 6 keeps its own there. */
function configLength(
  length: number | null,
  positions: number | null,
  files: Pick<ConfigFiles, 'tokenizerConfig' | 'modules'>,
): number | null {
  const tokenizer = positions !== null || files.modules !== null ? asLength(files.tokenizerConfig['model_max_length']) : null;
  if (length === null || tokenizer === null) return length ?? tokenizer;
  return Math.min(length, tokenizer);
}

function smallest(config: JsonObject, positions: number | null): { key: string; length: number } | null {
  const found = keys.flatMap((key) => {
    const length = key === 'max_position_embeddings' && positions !== null ? positions : asLength(textValue(config, key));
    return length === null ? [] : [{ key, length }];
  });
  return found.reduce<{ key: string; length: number } | null>(
    (least, each) => (least === null || each.length < least.length ? each : least),
    null,
  );
}

/** Tokens that a learned position table has room for; null if positions are computed. */
function learnedPositions(config: JsonObject): number | null {
  const family = String(config['model_type']);
  const type = config['position_embedding_type'] ?? (absolute.includes(family) ? 'absolute' : null);
  const table = asLength(config['max_position_embeddings']);
  if (type !== 'absolute' || table === null) return null;
  const skipped = firstPosition(config);
  return table > skipped ? table - skipped : table;
}

/** The row of the position table that the first token of a text gets. RoBERTa's family begins to count behind the padding id. */
export function firstPosition(config: JsonObject): number {
  return padded.includes(String(config['model_type'])) ? Number(config['pad_token_id'] ?? 1) + 1 : 0;
}

/** Null for what is no length: absent, -1 (XLNet), or the 1e30 with which Hugging Face says "unknown". */
function asLength(value: unknown): number | null {
  return isCount(value) && value < 2 ** 31 ? value : null;
}
