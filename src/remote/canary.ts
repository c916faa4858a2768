/** A model and a method -> what it answers to a fixed text, and whether two models' answers are those of one and the same model. */
import type { PoolingLLM } from '../facade/llm.ts';

/** The methods of an LLM that compute or tokenise; the others are made of them. */
export type Method =
  'embed' | 'encode' | 'tokenEmbed' | 'classify' | 'tokenClassify' | 'reward' | 'score' | 'tokenize' | 'detokenize' | 'applyChatTemplate';

/** Each part is compared on its own. Texts must be the same to the letter. */
export type Answer = readonly (Float32Array | string)[];

const TEXTS = [
  'A canary sings of 1,234 pebbles; its café is naïve, and 東京は日本の首都です.',
  'What is the capital of France?',
  'def add(a, b): return a + b  # the sum of two numbers',
];
const DOCUMENTS = ['The capital of France is Paris.', 'Canaries are small songbirds.', 'The capital of Brazil is Brasília.'];

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

export function canaryOptions(options: object | undefined): CanaryOptions {
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const telling = Object.entries(options ?? {}).filter(([name, value]) => value !== undefined && TELLING.includes(camel(name)));
  // One a prompt says nothing of the canary's own.
  return Object.fromEntries(telling.filter(([, value]) => !Array.isArray(value)).sort(([a], [b]) => (a < b ? -1 : 1)));
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
      return [Float32Array.from(await llm.score(TEXTS[1]!, DOCUMENTS, given), ({ outputs }) => outputs.score)];
    // Ids mean what the tokenizer says that they mean.
    case 'tokenize':
    case 'detokenize':
      return (await llm.tokenize(TEXTS, given)).map(({ tokens }) => tokens.join(' '));
    case 'applyChatTemplate':
      return [await llm.applyChatTemplate([{ role: 'user', content: TEXTS[1]! }], given)];
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
