/** One call of embed, encode, classify or reward: prompts to the rows that a server gives for them, in input order. */
import { paramsOfEach } from '../tasks/pooling-params.ts';
import type { PoolingParams } from '../types.ts';
import type { PoolRequest, PoolResult } from '../wire/protocol.ts';
import { checkAsked } from './asked.ts';
import { unserved, type RemoteCall } from './remote-call.ts';
import type { Input, Item } from './dialect.ts';
import { readInput, sizeOf } from './inputs.ts';
import { keepLearned, type Learned } from './learned.ts';
import { wrong } from './read-answer.ts';
import { sendInputs } from './send-inputs.ts';
import { checkTotal } from './token-bound.ts';

export async function poolCall(request: PoolRequest, context: RemoteCall): Promise<PoolResult> {
  const { result, learned } = await pooled(request, context);
  keepLearned([learned], context);
  return result;
}

/** `learned` is the caller's to keep. */
export async function pooled(request: PoolRequest, context: RemoteCall): Promise<{ result: PoolResult; learned: Learned }> {
  const { served } = context;
  const { task, prompts } = request;
  const route = served.pool[task];
  if (!route) throw unserved(task, context);
  const params = paramsOfEach(request.params, prompts.length, task);
  for (const each of new Set(params)) checkAsked(request, each, route.takes, served.title);
  const inputs = prompts.map((prompt, i) => withPrompt(readInput(prompt, route.takesIds, `prompts[${i}]`, served.title), request.prompt));
  checkTotal(
    request.maxTotalTokens,
    inputs.map((input) => [input]),
    served,
  );

  const items: Item[] = [];
  // One request has one set of parameters, and texts or ids.
  const keys = inputs.map((input, i) => `${typeof input} ${JSON.stringify(params[i])}`);
  const learned = await sendInputs(
    {
      path: route.path,
      count: inputs.length,
      sizeOf: (i) => sizeOf(inputs[i]!),
      keyOf: (i) => keys[i]!,
      body: (group) =>
        route.body(
          group.map((i) => inputs[i]!),
          { ...request, params: params[group[0]!]! },
        ),
      read: (answer, group) =>
        route.read(answer, group.length).forEach((item, at) => {
          if (task === 'embed' && item.data.every((value) => value === 0)) throw wrong('nothing but zeros as a vector');
          items[group[at]!] = item;
        }),
    },
    context,
  );
  const widths = widthsOf(items, params, request);
  return { result: flat(withColumns(items, widths)), learned: { ...learned, widths } };
}

/** Written before texts, as Sentence-Transformers does it. */
function withPrompt(input: Input, prompt: string | null): Input {
  return typeof input === 'string' && prompt !== null ? prompt + input : input;
}

/** A server whose model was exchanged, or that did not understand `dimensions`, answers vectors that fit nothing. */
function widthsOf(items: readonly Item[], params: readonly PoolingParams[], { task, head }: PoolRequest): Map<string, number> {
  const widths = new Map<string, number>();
  items.forEach(({ shape: [rows, width] }, i) => {
    if (rows === 0) return;
    const { dimensions } = params[i]!;
    const key = `${task} ${head ?? ''} ${dimensions ?? ''}`;
    const expected = dimensions ?? widths.get(key) ?? width;
    if (width !== expected) throw wrong(`${width} numbers a row for ${task} where it should be ${expected}`);
    widths.set(key, width);
  });
  return widths;
}

/** No rows do not say how long one is: as long as those of the call's other texts. */
function withColumns(items: readonly Item[], widths: ReadonlyMap<string, number>): readonly Item[] {
  const width = [...widths.values()][0] ?? 0;
  return items.map((item) => (item.shape[0] === 0 ? { ...item, shape: [0, width] } : item));
}

function flat(items: readonly Item[]): PoolResult {
  const data = new Float32Array(items.reduce((sum, item) => sum + item.data.length, 0));
  let at = 0;
  for (const item of items) {
    data.set(item.data, at);
    at += item.data.length;
  }
  return {
    data,
    shapes: items.map(({ shape }) => shape),
    // Servers do not tell what their tokenizers made of the prompts.
    ids: new Int32Array(0),
    idCounts: items.map(() => 0),
    labels: labelsOf(items),
    offsets: [],
  };
}

/** Each item may name some of the columns. */
function labelsOf(items: readonly Item[]): string[] | null {
  const names: string[] = [];
  for (const { labels } of items) {
    labels?.forEach((name, column) => {
      if (name === undefined) return;
      if ((names[column] ?? name) !== name)
        throw wrong(`two names for the class ${column}: ${JSON.stringify(names[column])} and ${JSON.stringify(name)}`);
      names[column] = name;
    });
  }
  return names.length > 0 ? Array.from({ length: items[0]!.shape[1] }, (_, column) => names[column] ?? '') : null;
}
