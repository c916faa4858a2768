/** What vLLM is asked, route by route: the bodies it takes and the answers it gives. */
import { switchOf, type Option } from '../asked.ts';
import type { Input, Item, PoolAsked, PoolRoute, ScoreRoute } from '../dialect.ts';
import { byIndex, fieldsOf, matrixOf, numberOf, vectorOf } from '../read-answer.ts';
import { readEmbeddings, embeddingsBody } from './embeddings.ts';

export interface VllmServer {
  root: string;
  model: string;
  isRockpool: boolean;
  /** Of before all these fields were there. */
  isOld: boolean;
}

const dataOf = (answer: unknown, count: number, what: string) => byIndex(fieldsOf(answer, 'the answer')['data'], count, what);

/** Options of every route that reads prompts. */
function reading({ isRockpool, isOld }: VllmServer): Option[] {
  const all: Option[] = ['truncateToMax', 'truncatePromptTokens', 'priority', 'activation', 'prompt'];
  if (!isOld) all.push('truncationSide', 'addSpecialTokens');
  if (isRockpool) all.push('promptName');
  return all;
}

type Limits = Pick<PoolAsked, 'truncatePromptTokens' | 'truncationSide' | 'priority'>;

function limitsOf({ truncatePromptTokens, truncationSide, priority }: Limits) {
  return {
    ...(truncatePromptTokens !== null && { truncate_prompt_tokens: Math.max(truncatePromptTokens, -1) }),
    ...(truncatePromptTokens !== null && truncationSide !== 'right' && { truncation_side: truncationSide }),
    ...(priority !== 0 && { priority }),
  };
}

function promptFields(at: VllmServer, asked: PoolAsked) {
  const { addSpecialTokens, promptName, prompt } = asked;
  return {
    ...limitsOf(asked),
    ...(!addSpecialTokens && { add_special_tokens: false }),
    // vLLM writes no prompt before a text. rockpool has the model's default one, unless it is told that the text has its own.
    ...(at.isRockpool && (prompt !== null ? { prompt_name: '' } : promptName !== null && { prompt_name: promptName })),
  };
}

/** Newer vLLM has this one name, and refuses the others; a server in between may know either. */
function activationField(at: VllmServer, oldName: 'normalize' | 'activation', value: boolean | null) {
  if (value === null) return {};
  return at.isOld ? { [oldName]: value, use_activation: value } : { use_activation: value };
}

export function embedRoute(at: VllmServer): PoolRoute {
  return {
    path: `${at.root}/v1/embeddings`,
    takes: [...reading(at), ...(at.isOld ? (['addSpecialTokens'] as const) : []), 'dimensions'],
    takesIds: true,
    body: (input, asked) => ({
      ...embeddingsBody(at.model, input, asked.params.dimensions),
      ...(!at.isOld && { endianness: 'little' }),
      ...promptFields(at, asked),
      ...activationField(at, 'normalize', switchOf(asked.params)),
    }),
    read: readEmbeddings,
  };
}

export function classifyRoute(at: VllmServer): PoolRoute {
  return {
    path: `${at.root}/classify`,
    takes: at.isRockpool ? [...reading(at), 'head'] : reading(at),
    takesIds: !at.isOld,
    body: (input, asked) => ({
      model: at.model,
      input,
      ...promptFields(at, asked),
      ...(asked.head !== null && { head: asked.head }),
      ...activationField(at, 'activation', switchOf(asked.params)),
    }),
    read: (answer, count) =>
      dataOf(answer, count, 'classifications').map(({ probs, label }): Item => {
        const data = vectorOf(probs, 'probabilities');
        const labels: string[] = [];
        // The most probable one has its name told. Of two that are level it is not known which.
        const best = Math.max(...data);
        if (typeof label === 'string' && data.indexOf(best) === data.lastIndexOf(best)) labels[data.indexOf(best)] = label;
        return { data, shape: [1, data.length], labels };
      }),
  };
}

/** A process reward model gives a row for each step of a text, which may have none. */
function rowsOf(data: unknown, task: string): Item {
  if (task !== 'token_embed' && Array.isArray(data) && data.length === 0) return { data: new Float32Array(0), shape: [0, 0] };
  return matrixOf(data, 'the rows of a text');
}

/** Lists and not base64, which would lose the shape. */
export function poolingRoute(at: VllmServer, task: string, takes: readonly Option[], activation: boolean | null): PoolRoute {
  return {
    path: `${at.root}/pooling`,
    takes: [...reading(at), ...takes],
    takesIds: true,
    body: (input: readonly Input[], asked) => ({
      model: at.model,
      input,
      task,
      ...promptFields(at, asked),
      ...activationField(at, 'normalize', switchOf(asked.params) ?? activation),
      ...(at.isRockpool && task === 'encode' && asked.params.softmax && { use_activation: null, softmax: true }),
      ...((asked.params.dimensions ?? null) !== null && { dimensions: asked.params.dimensions }),
    }),
    read: (answer, count) => dataOf(answer, count, 'rows').map(({ data }) => rowsOf(data, task)),
  };
}

export function scoreRoute(at: VllmServer): ScoreRoute {
  const newer: Option[] = ['truncationSide', 'maxTokensPerQuery', 'maxTokensPerDoc', 'instruction', 'chatTemplateKwargs'];
  return {
    path: `${at.root}/score`,
    takes: [
      'truncateToMax',
      'truncatePromptTokens',
      'priority',
      'activation',
      ...(at.isOld ? [] : newer),
      ...(at.isRockpool ? (['chatTemplate'] as const) : []),
    ],
    pairs: true,
    body: (queries, documents, asked) => ({
      model: at.model,
      // The two names that every version has.
      text_1: queries,
      text_2: documents,
      ...limitsOf(asked),
      ...(asked.maxTokensPerQuery && { max_tokens_per_query: asked.maxTokensPerQuery }),
      ...(asked.maxTokensPerDoc && { max_tokens_per_doc: asked.maxTokensPerDoc }),
      ...(asked.instruction !== null && { instruction: asked.instruction }),
      ...(asked.chatTemplate !== null && { chat_template: asked.chatTemplate }),
      ...(Object.keys(asked.chatTemplateKwargs).length > 0 && { chat_template_kwargs: asked.chatTemplateKwargs }),
      ...activationField(at, 'activation', switchOf(asked.params)),
    }),
    read: (answer, count) => Float32Array.from(dataOf(answer, count, 'scores'), ({ score }) => numberOf(score, 'a score')),
  };
}
