/** One call of score: pairs of texts to one number each, in the order of the documents. */
import { cosine } from '../math.ts';
import { checkPairs } from '../tasks/check-pairs.ts';
import { checkParams } from '../tasks/pooling-params.ts';
import { allOrNone } from '../within.ts';
import type { PoolRequest, PoolResult, ScoreRequest, ScoreResult } from '../wire/protocol.ts';
import { checkAsked, type Option } from './asked.ts';
import { unserved, type RemoteCall } from './remote-call.ts';
import type { ScoreRoute } from './dialect.ts';
import { readInput, textOf } from './inputs.ts';
import { keepLearned } from './learned.ts';
import { pooled } from './pool-call.ts';
import { sendInputs } from './send-inputs.ts';
import { checkTotal } from './token-bound.ts';

export async function scoreCall(request: ScoreRequest, context: RemoteCall): Promise<ScoreResult> {
  const { score } = context.served;
  checkPairs(request);
  checkParams(request.params, 'score');
  if (!score) throw unserved('score', context);
  const scores = score === 'cosine' ? await cosines(request, context) : await ranks(score, request, context);
  return { scores, ids: new Int32Array(0), idCounts: request.documents.map(() => 0) };
}

async function ranks(route: ScoreRoute, request: ScoreRequest, context: RemoteCall): Promise<Float32Array> {
  const { served } = context;
  checkAsked(request, request.params, route.takes, served.title);
  const queries = request.queries.map((query, i) => textOf(query, `queries[${i}]`, served.title));
  const documents = request.documents.map((document, i) => textOf(document, `documents[${i}]`, served.title));
  const queryOf = (i: number) => queries[queries.length === 1 ? 0 : i]!;
  checkTotal(
    request.maxTotalTokens,
    documents.map((document, i) => [queryOf(i), document]),
    served,
  );
  const scores = new Float32Array(documents.length);
  const learned = await sendInputs(
    {
      path: route.path,
      count: documents.length,
      // As the model reads them: the query again with each document.
      sizeOf: (i) => queryOf(i).length + documents[i]!.length,
      keyOf: (i) => (route.pairs ? '' : queryOf(i)),
      body: (group) =>
        route.body(
          route.pairs && queries.length > 1 ? group.map(queryOf) : [queryOf(group[0]!)],
          group.map((i) => documents[i]!),
          request,
        ),
      read: (answer, group) => route.read(answer, group.length).forEach((score, at) => (scores[group[at]!] = score)),
    },
    context,
  );
  keepLearned([{ ...learned, widths: new Map() }], context);
  return scores;
}

/** What a score can ask of an embedding is what embed takes, under the names of two sides. */
const OF_PAIRS: readonly Option[] = [
  'maxTokensPerQuery',
  'maxTokensPerDoc',
  'instruction',
  'chatTemplate',
  'chatTemplateKwargs',
  'longDocuments',
];

async function cosines(request: ScoreRequest, context: RemoteCall): Promise<Float32Array> {
  const takes = [...context.served.pool.embed!.takes, 'queryPromptName', 'documentPromptName'] as const;
  checkAsked(
    request,
    request.params,
    takes.filter((name) => !OF_PAIRS.includes(name)),
    context.served.title,
  );
  const { truncatePromptTokens, truncationSide, priority, params } = request;
  const { served } = context;
  // Of both sides together, as everywhere.
  const texts = [...request.queries, ...request.documents].map((text, i) => [readInput(text, true, `texts[${i}]`, served.title)]);
  checkTotal(request.maxTotalTokens, texts, served);
  const shared = { task: 'embed', params, truncatePromptTokens, truncationSide, priority, maxTotalTokens: null } as const;
  const side = (prompts: PoolRequest['prompts'], promptName: string | null) => (signal: AbortSignal) =>
    pooled({ ...shared, prompts, promptName, prompt: null, head: null, addSpecialTokens: true, offsets: false }, { ...context, signal });
  const sides = await allOrNone(context.signal, [
    side(request.queries, request.queryPromptName),
    side(request.documents, request.documentPromptName),
  ]);
  keepLearned(
    sides.map(({ learned }) => learned),
    context,
  );
  const [queries, documents] = sides.map(({ result }) => result) as [PoolResult, PoolResult];
  const width = queries.shapes[0]![1];
  const row = (data: Float32Array, i: number) => data.subarray(i * width, (i + 1) * width);
  return Float32Array.from(request.documents, (_, i) =>
    cosine(row(queries.data, request.queries.length === 1 ? 0 : i), row(documents.data, i)),
  );
}
