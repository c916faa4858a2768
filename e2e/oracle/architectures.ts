/** The committed answers for each architecture, as calls to run on an LLM in any realm, and how near the answers must come. */
import type { LLM } from '../../src/edge.ts';
import type { LoadOptions } from '../../src/types.ts';

export interface ArchitectureFixture {
  model: string;
  cases: ArchitectureCase[];
}

export interface ArchitectureCase {
  id: string;
  method: 'embed' | 'encode' | 'tokenEmbed' | 'classify' | 'tokenClassify' | 'score' | 'rerank' | 'reward' | 'tokenize';
  args: unknown[];
  options?: Record<string, unknown>;
  /** Options of LLM.load, and files that take the place of the model's own. */
  load?: Pick<LoadOptions, 'overridePoolerConfig' | 'hfOverrides' | 'dtype' | 'maxModelLen'> & { files?: Record<string, string> };
  expected: Answer;
}

/** What a call came to, as JSON. Only what the fixture has is compared. */
export interface Answer {
  embeddings?: number[][];
  rows?: number[][][];
  probs?: number[][] | number[][][];
  scores?: number[];
  results?: { index: number; relevance_score: number }[];
  labels?: (string | null)[] | (string[] | null)[];
  ids?: number[][];
  offsets?: [number, number][][];
}

/** Cases that one loaded model can answer. */
export function byLoad(cases: readonly ArchitectureCase[]): ArchitectureCase[][] {
  const groups = new Map<string, ArchitectureCase[]>();
  for (const one of cases) {
    const key = JSON.stringify(one.load ?? {});
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** Runs in the page too, so it holds nothing from outside. */
export async function answer(llm: LLM, { method, args, options }: Pick<ArchitectureCase, 'method' | 'args' | 'options'>): Promise<Answer> {
  const rowsOf = ({ data, shape: [rows, columns] }: { data: Float32Array; shape: [number, number] }) =>
    Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
  const pairsOf = (flat: Int32Array | null) =>
    Array.from({ length: (flat?.length ?? 0) / 2 }, (_, i): [number, number] => [flat![2 * i]!, flat![2 * i + 1]!]);
  const idsOf = (outputs: { prompt_token_ids: Int32Array }[]) => outputs.map(({ prompt_token_ids }) => [...prompt_token_ids]);
  const [first, second] = args as [never, never];
  switch (method) {
    case 'embed': {
      const outputs = await llm.embed(first, options);
      return { embeddings: outputs.map(({ outputs: { embedding } }) => [...embedding]), ids: idsOf(outputs) };
    }
    case 'encode':
    case 'tokenEmbed':
    case 'reward': {
      const outputs = await llm[method](first, options);
      return { rows: outputs.map((output) => rowsOf(output.outputs)), ids: idsOf(outputs) };
    }
    case 'classify': {
      const outputs = await llm.classify(first, options);
      return {
        probs: outputs.map(({ outputs: { probs } }) => [...probs]),
        labels: outputs.map(({ outputs: { label } }) => label),
        ids: idsOf(outputs),
      };
    }
    case 'tokenClassify': {
      const outputs = await llm.tokenClassify(first, options);
      return {
        probs: outputs.map((output) => rowsOf(output.outputs)),
        labels: outputs.map((output) => output.outputs.labels),
        offsets: outputs.map((output) => pairsOf(output.outputs.offsets)),
        ids: idsOf(outputs),
      };
    }
    case 'score': {
      const outputs = await llm.score(first, second, options);
      return { scores: outputs.map((output) => output.outputs.score), ids: idsOf(outputs) };
    }
    case 'rerank': {
      const results = await llm.rerank(first, second, options);
      return { results: results.map(({ index, relevance_score }) => ({ index, relevance_score })) };
    }
    case 'tokenize': {
      const outputs = await llm.tokenize(first, { ...options, returnOffsets: true });
      return { ids: outputs.map(({ tokens }) => tokens), offsets: outputs.map(({ offsets }) => pairsOf(offsets)) };
    }
  }
}

/** Rows of fewer values are rewards, not vectors. */
const FEWEST_COLUMNS = 8;

/**
 * How far the worst value of an answer is off, by kind: 1 - cosine of vectors, difference of probabilities, rewards and scores. Infinity:
 * another shape.
 */
export function errorsOf(actual: Answer, { args, expected }: ArchitectureCase): { vectors: number; scores: number; exact: string[] } {
  const wanted = { ...expected, ...(expected.offsets && { offsets: inUtf16(expected.offsets, args[0] as string | string[]) }) };
  const [given, vectors] = [vectorsOf(actual), vectorsOf(wanted)];
  const [numbers, scores] = [scoresOf(actual), scoresOf(wanted)];
  const exact: string[] = [];
  const same = (name: string, a: unknown, b: unknown) => {
    if (b !== undefined && JSON.stringify(a) !== JSON.stringify(b))
      exact.push(`${name}: ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`);
  };
  for (const name of ['ids', 'labels', 'offsets'] as const) same(name, actual[name], wanted[name]);
  same('order', orderOf(actual), orderOf(wanted));
  same('shape', shapeOf(actual), shapeOf(wanted));
  return {
    vectors: vectors.length === given.length ? Math.max(0, ...vectors.map((vector, i) => distance(given[i]!, vector))) : Infinity,
    scores: scores.length === numbers.length ? Math.max(0, ...scores.map((score, i) => off(numbers[i]!, score))) : Infinity,
    exact,
  };
}

const isVector = (row: readonly number[]) => row.length >= FEWEST_COLUMNS;
const vectorsOf = ({ embeddings = [], rows = [] }: Answer) => [...embeddings, ...rows.flat().filter(isVector)];
const scoresOf = ({ rows = [], probs = [], scores = [], results = [] }: Answer) =>
  [rows.flat().filter((row) => !isVector(row)), probs, scores, results.map((result) => result.relevance_score)].flat(3);
const orderOf = ({ results }: Answer) => results?.map(({ index }) => index);
const shapeOf = ({ rows }: Answer) => rows?.map((each) => each.map((row) => row.length));
const off = (a: number, b: number) => (Number.isFinite(a) ? Math.abs(a - b) / Math.max(1, Math.abs(b)) : Infinity);

/** 1 - cosine. A length that is off by a hundredth of that counts too. */
function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  const [x, y] = [Math.hypot(...a), Math.hypot(...b)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (x * y);
  return Number.isFinite(cosine) ? Math.max(1 - cosine, Math.abs(x / y - 1) / 100) : Infinity;
}

/** The fixtures count Unicode code points, as Python does; rockpool counts as JavaScript does. */
function inUtf16(offsets: readonly [number, number][][], prompts: string | string[]): [number, number][][] {
  return offsets.map((pairs, i) => {
    const units = [0];
    for (const character of [prompts].flat()[i]!) units.push(units.at(-1)! + character.length);
    return pairs.map(([start, end]): [number, number] => [units[start]!, units[end]!]);
  });
}
