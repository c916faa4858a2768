/**
 * `token-classification`: texts in, the tokens that have a class out, or the entities that they make. Tokens that are not in the vocabulary are
 * answered, as transformers has it; transformers.js leaves them out.
 */
import { PoolingError, shown } from '../../errors.ts';
import { readOptions } from '../../facade/options.ts';
import { OPTIONS_OF } from '../../facade/pool-request.ts';
import type { TokenClassificationRequestOutput, TokenOptions } from '../../types.ts';
import { merged } from '../embed-options.ts';
import { groupsOf } from './entity-groups.ts';
import { AS_GIVEN, labelOf, listOf, type PipelineLLM, type Texts } from './texts.ts';

/** Besides: options of `LLM.tokenClassify`, such as `signal`. */
export interface TokenClassificationOptions extends Omit<TokenOptions, 'returnOffsets'> {
  /** Classes to leave out. Default `['O']`. */
  ignore_labels?: readonly string[];
  /** `simple` joins tokens by their B-, I-, E- and S-. Default `none`. */
  aggregation_strategy?: 'none' | 'simple';
}

interface Found {
  /** What the tokenizer makes of the token's id, or of those of the entity. */
  word: string;
  /** Probability of the class; of an entity, the mean of its tokens'. */
  score: number;
  /** [start, end) in the text, in UTF-16 code units. Absent where the tokenizer's way through the text cannot be followed. transformers.js has none. */
  start?: number;
  end?: number;
}

export interface FoundToken extends Found {
  entity: string;
  /** Of the token in the text, special tokens counted. */
  index: number;
}

export interface FoundEntity extends Found {
  entity_group: string;
}

type Simple = TokenClassificationOptions & { aggregation_strategy: 'simple' };
type None = TokenClassificationOptions & { aggregation_strategy?: 'none' };

export interface TokenClassification {
  (text: string, options?: None): Promise<FoundToken[]>;
  (texts: readonly string[], options?: None): Promise<FoundToken[][]>;
  (text: string, options: Simple): Promise<FoundEntity[]>;
  (texts: readonly string[], options: Simple): Promise<FoundEntity[][]>;
}

type Read = Omit<TokenClassificationOptions, 'ignore_labels' | 'aggregation_strategy'> & {
  ignoreLabels?: readonly string[];
  aggregationStrategy?: string;
};

export async function tokenClassification(
  llm: PipelineLLM,
  texts: Texts,
  options?: TokenClassificationOptions,
): Promise<(FoundToken | FoundEntity)[] | (FoundToken | FoundEntity)[][]> {
  const known = [...OPTIONS_OF.token_classify.filter((name) => name !== 'returnOffsets'), 'ignoreLabels', 'aggregationStrategy'] as const;
  const { ignoreLabels = ['O'], aggregationStrategy = 'none', ...rest } = readOptions<Read>(options as Read, known, 'token-classification');
  if (aggregationStrategy !== 'none' && aggregationStrategy !== 'simple')
    throw new PoolingError('invalid-option', `aggregation_strategy must be "none" or "simple", got ${shown(aggregationStrategy)}.`);
  const outputs = await llm.tokenClassify(listOf(texts), merged<TokenOptions>(AS_GIVEN, rest));
  const around = rest.addSpecialTokens === false ? ([0, 0] as const) : await specialTokensAround(llm);
  const found = outputs.map(async (output) => {
    const kept = tokensOf(output, llm.info.labels, around).filter(({ entity }) => !ignoreLabels.includes(entity));
    const parts = aggregationStrategy === 'simple' ? groupsOf(kept) : kept;
    return Promise.all(parts.map(async ({ ids, ...part }) => ({ ...part, word: await llm.detokenize(ids) })));
  });
  const all = await Promise.all(found);
  return typeof texts === 'string' ? all[0]! : all;
}

/** What was found, before its ids are made a word. */
export type Wordless<T extends Found> = Omit<T, 'word'> & { ids: number[] };

/** How many special tokens stand before a text and after it. */
async function specialTokensAround(llm: PipelineLLM): Promise<readonly [number, number]> {
  const [dressed, bare] = await Promise.all([true, false].map((addSpecialTokens) => llm.tokenize('a', { addSpecialTokens })));
  const [{ tokens }, { tokens: own }] = [dressed![0]!, bare![0]!];
  const before = tokens.indexOf(own[0]!);
  return [before, tokens.length - before - own.length];
}

/** The best class of each token of the text, less `around`. */
function tokensOf(
  { outputs: { data, shape, offsets }, prompt_token_ids }: TokenClassificationRequestOutput,
  labels: readonly string[] | null,
  [before, after]: readonly [number, number],
): Wordless<FoundToken>[] {
  const [rows, columns] = shape;
  if (prompt_token_ids.length !== rows)
    throw new PoolingError(
      'unsupported-task',
      'token-classification needs the ids of the tokens, and the model’s server does not tell them.',
    );
  const tokens = Array.from(prompt_token_ids, (id, index) => {
    const scores = data.subarray(index * columns, (index + 1) * columns);
    const score = Math.max(...scores);
    const place = offsets && { start: offsets[2 * index]!, end: offsets[2 * index + 1]! };
    return { entity: labelOf(labels, scores.indexOf(score)), score, index, ids: [id], ...place };
  });
  return tokens.slice(before, tokens.length - after);
}
