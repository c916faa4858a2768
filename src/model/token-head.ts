/** config.json, or a LogitScore module -> the tokens of a language model whose logits are its verdict: vLLM's `classifier_from_token`. */
import { addedTokenId } from './added-tokens.ts';
import { textValue } from './config-value.ts';
import { invalid, isObject, type JsonObject } from '../files/json-file.ts';

export interface TokenHead {
  /** `from_2_way_softmax`: one label, logit of the second token less that of the first. `no_post_processing`: a label for each token, its logit. */
  method: 'from_2_way_softmax' | 'no_post_processing';
  /** Columns of the graph's logits. For `from_2_way_softmax`: of the token that says no, then of the one that says yes. */
  tokenIds: readonly number[];
}

const methods: readonly unknown[] = ['from_2_way_softmax', 'no_post_processing'];

/** Null: the model is no language model that answers with a word. */
export function readTokenHead(config: JsonObject, tokenizer: JsonObject): TokenHead | null {
  const isQwen = textValue(config, 'is_original_qwen3_reranker') === true;
  const method = textValue(config, 'method') ?? (isQwen ? 'from_2_way_softmax' : null);
  const tokens = textValue(config, 'classifier_from_token') ?? (isQwen ? ['no', 'yes'] : null);
  if (method === null && tokens === null) return null;
  if (!methods.includes(method)) throw invalid('config.json', `method is ${JSON.stringify(method)}, not one of ${methods.join(', ')}`);
  if (!Array.isArray(tokens) || tokens.length === 0 || !tokens.every((token) => typeof token === 'string')) {
    throw invalid('config.json', `classifier_from_token is ${JSON.stringify(tokens)}, not a list of tokens`);
  }
  if (method === 'from_2_way_softmax' && tokens.length !== 2) {
    throw invalid('config.json', `from_2_way_softmax takes two tokens, and classifier_from_token has ${tokens.length}`);
  }
  return { method: method as TokenHead['method'], tokenIds: tokens.map((token) => idOf(token, tokenizer)) };
}

/** Sentence-Transformers' module of the same purpose, which names ids. */
export function readLogitScore(config: JsonObject, place: string): TokenHead {
  const [yes, no] = [config['true_token_id'], config['false_token_id'] ?? null];
  const isId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
  if (!isId(yes) || !(no === null || isId(no))) throw invalid(place, 'true_token_id and false_token_id have to be token ids');
  return no === null ? { method: 'no_post_processing', tokenIds: [yes] } : { method: 'from_2_way_softmax', tokenIds: [no, yes] };
}

/** As `convert_tokens_to_ids`: the token as it is in the vocabulary, not a text to be cut into tokens. */
function idOf(token: string, tokenizer: JsonObject): number {
  const vocab = isObject(tokenizer['model']) ? tokenizer['model']['vocab'] : null;
  const id: unknown =
    addedTokenId(tokenizer, token) ?? (Array.isArray(vocab) ? inPieces(vocab, token) : isObject(vocab) ? vocab[token] : undefined);
  if (Number.isInteger(id)) return id as number;
  throw invalid('config.json', `classifier_from_token names ${JSON.stringify(token)}, and tokenizer.json has no such token`);
}

/** Unigram vocabularies are lists of [piece, score]. */
function inPieces(vocab: readonly unknown[], token: string): number | undefined {
  const i = vocab.findIndex((piece) => Array.isArray(piece) && piece[0] === token);
  return i < 0 ? undefined : i;
}
