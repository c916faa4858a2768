/** A model and a method -> what it answers to a fixed text, and whether two models' answers are those of one and the same model. */
import type { PoolingLLM } from '../facade/llm.ts';
import type { PoolingParams } from '../types.ts';

/** The methods of an LLM that compute or tokenise; the others are made of them. */
export type Method =
  'embed' | 'encode' | 'tokenEmbed' | 'classify' | 'tokenClassify' | 'reward' | 'score' | 'tokenize' | 'detokenize' | 'applyChatTemplate';

/** Each part is compared on its own. Texts must be the same to the letter. */
export type Answer = readonly (Float32Array | string)[];

/** Short ones, for models that take little: but of numbers, accents, scripts and code, which tokenizers tell apart. */
const TEXTS = ['1,234 pebbles', 'its naïve café', '東京の鳥', 'Where is Paris?', 'def add(a, b)'];
const QUERY = 'Where is Paris?';
const DOCUMENTS = ['Paris is in France.', 'A canary sings.', 'Brasília is a city.'];

/** Options that make another answer, in either spelling. What limits a call, or cuts its texts, is none. */
const TELLING = [
  'head',
  'promptName',
  'prompt',
  'poolingTask',
  'poolingParams',
  'addSpecialTokens',
  'queryPromptName',
  'documentPromptName',
  'instruction',
  'chatTemplate',
  'chatTemplateKwargs',
];

export type CanaryOptions = Readonly<Record<string, unknown>>;

/**
 * Each set of these is another canary, and what a user types may be among them. A prompt is text before the input, as an instruction is: a model that
 * reads one as the other model does reads all as that does. So what they say is left out, and that there is one is not; an empty one says
 * that there is none.
 */
const WORDS: Readonly<Record<string, string>> = { prompt: 'query: ', instruction: 'Find what answers it.' };

export function canaryOptions(options: object | undefined): CanaryOptions {
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const telling = Object.entries(options ?? {})
    .map(([name, value]): [string, unknown] => [camel(name), value])
    // One a prompt says nothing of the canary's own.
    .filter(([name, value]) => value !== undefined && TELLING.includes(name) && !Array.isArray(value))
    .map(([name, value]): [string, unknown] => [
      name,
      typeof value === 'string' && value !== '' ? (WORDS[name] ?? value) : ofCanary(value),
    ]);
  return Object.fromEntries(telling.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ranges of characters are those of the caller's texts. Without them each token answers, which tells more. */
function ofCanary(value: unknown): unknown {
  const late = (value as PoolingParams | null)?.late_chunking_params;
  return typeof late === 'object' && late && 'char_ranges' in late ? { ...(value as PoolingParams), late_chunking_params: null } : value;
}

export async function canaryOf(llm: PoolingLLM, method: Method, options: CanaryOptions & { signal: AbortSignal }): Promise<Answer> {
  const given = options as never;
  switch (method) {
    case 'embed':
      return (await llm.embed(TEXTS, given)).map(({ outputs }) => outputs.embedding);
    case 'classify':
      return (await llm.classify(TEXTS, given)).map(({ outputs }) => outputs.probs);
    case 'encode':
    case 'tokenEmbed':
    case 'tokenClassify':
    case 'reward':
      return (await llm[method](TEXTS, given)).map(({ outputs }) => outputs.data);
    case 'score':
      return [Float32Array.from(await llm.score(QUERY, DOCUMENTS, given), ({ outputs }) => outputs.score)];
    // Ids mean what the tokenizer says that they mean.
    case 'tokenize':
    case 'detokenize':
      return (await llm.tokenize(TEXTS, given)).map(({ tokens }) => tokens.join(' '));
    case 'applyChatTemplate':
      return [await llm.applyChatTemplate([{ role: 'user', content: QUERY }], given)];
  }
}

/** Null: they agree. Else how they differ, as a sentence goes on from "are not those of the other". */
export function difference(a: Answer, b: Answer, minCosine: number): string | null {
  for (const [i, part] of a.entries()) {
    const other = b[i]!;
    if (typeof part === 'string' || typeof other === 'string') {
      if (part !== other) return 'other tokens or another text';
      continue;
    }
    if (part.length !== other.length) return `${part.length} numbers and ${other.length}`;
    const { cosine, distance } = compare(part, other);
    if (cosine < minCosine) return `a cosine of ${cosine.toFixed(4)}, where minCosine is ${minCosine}`;
    // Of unit vectors this says the same again. It tells vectors of other lengths, and scores, which all point one way.
    const most = Math.sqrt(2 * (1 - minCosine)) + 1e-4;
    if (distance > most)
      return `numbers that lie ${distance.toFixed(3)} of their size apart, where minCosine ${minCosine} allows ${most.toFixed(3)}`;
  }
  return null;
}

function compare(a: Float32Array, b: Float32Array): { cosine: number; distance: number } {
  let [aa, bb, ab, apart] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    aa += x * x;
    bb += y * y;
    ab += x * y;
    apart += (x - y) ** 2;
  }
  if (apart === 0) return { cosine: 1, distance: 0 };
  return { cosine: ab / Math.max(Math.sqrt(aa * bb), 1e-30), distance: Math.sqrt(apart / Math.max(aa, bb)) };
}
