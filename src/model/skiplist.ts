/** A late-interaction model's files -> the words that its authors leave out of a document when it is compared. */
import { PoolingError } from '../errors.ts';
import type { ConfigFiles } from './config-files.ts';
import { invalid } from '../files/json-file.ts';
import { inFolder } from './module-files.ts';
import type { ModulePlan } from './sentence-modules.ts';

/** Python's string.punctuation: PyLate's default, which it does not write down. */
const punctuation = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'];

/** `named` is of config_sentence_transformers.json. */
export function readSkiplist(
  { mask, lateInteraction }: ModulePlan,
  files: Pick<ConfigFiles, 'moduleFiles' | 'sentenceModel'>,
  named: readonly string[] | null,
): readonly string[] {
  if (!lateInteraction) return [];
  if (mask === null) return named ?? (files.sentenceModel?.['model_type'] === 'ColBERT' ? punctuation : []);
  const place = inFolder(mask, 'config.json');
  const { config } = files.moduleFiles.get(mask.path)!;
  if ((config['keep_only_token_ids'] ?? null) !== null) {
    throw new PoolingError('unsupported-model', `keep_only_token_ids (${place}) is not supported: it is for documents that are images.`);
  }
  const words = config['skiplist_words'] ?? [];
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw invalid(place, `skiplist_words is ${JSON.stringify(words)}, not a list of texts`);
}
