/** POST /rerank, /v1/rerank and /v2/rerank: vLLM's, Cohere's and Jina's bodies. */
import { badRequest, invalid, type Case } from '../case.ts';
import type { Expected } from '../match.ts';
import { close, reference } from '../oracle.ts';
import type { ModelName } from '../servers.ts';
import { parts, sides } from './scores.ts';

const [query, documents] = sides('reranker', 'one-to-many') as [string, string[]];

/** The reference's order and scores, and the documents that were sent. */
function ranked(
  model: ModelName,
  id: string,
  {
    texts,
    tokens,
    withDocuments = true,
    isCohere = false,
  }: { texts: readonly string[]; tokens: Expected; withDocuments?: boolean; isCohere?: boolean },
): Pick<Case, 'gives'> {
  const results = reference(model, id).expected.results!.map(({ index, relevance_score }) => ({
    index,
    ...(withDocuments && { document: { text: texts[index]!, multi_modal: null } }),
    relevance_score: close(relevance_score),
  }));
  const meta = { api_version: { version: '2' }, billed_units: { search_units: 1 } };
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { gives: { id: /^rerank-[0-9a-f]{32}$/, model, usage, results, ...(isCohere && { meta }) } };
}

const tokens = reference('reranker', 'one-to-many').tokens;
const whole = ranked('reranker', 'rerank-all', { texts: documents, tokens });
const two = ranked('reranker', 'rerank-top-2', { texts: documents, tokens });
const positive = (value: unknown) => (Number(value) > 0 ? null : `${String(value)} tokens`);

export const rerankCases: Case[] = [
  ...['/rerank', '/v1/rerank', '/v2/rerank'].map((path): Case => ({
    name: `vLLM's body to ${path}`,
    path,
    body: { model: 'reranker', query, documents },
    ...ranked('reranker', 'rerank-all', { texts: documents, tokens, isCohere: path === '/v2/rerank' }),
  })),
  { name: 'the best two', path: '/rerank', body: { model: 'reranker', query, documents, top_n: 2 }, ...two },
  { name: 'top_n 0 is all', path: '/rerank', body: { model: 'reranker', query, documents, top_n: 0 }, ...whole },
  { name: 'more than there are', path: '/rerank', body: { model: 'reranker', query, documents, top_n: 100 }, ...whole },
  {
    name: "Cohere's body",
    path: '/v2/rerank',
    body: { model: 'reranker', query, documents, top_n: 2, max_tokens_per_doc: 500, priority: 0 },
    ...ranked('reranker', 'rerank-top-2', { texts: documents, tokens, isCohere: true }),
  },
  {
    name: "Jina's body, without the documents",
    path: '/v1/rerank',
    body: { model: 'reranker', query, documents: documents.map((text) => ({ text })), top_n: 2, return_documents: false },
    ...ranked('reranker', 'rerank-top-2', { texts: documents, tokens, withDocuments: false }),
  },
  {
    name: "Jina's body, with the documents",
    path: '/v1/rerank',
    body: { model: 'reranker', query: { text: query }, documents: documents.map((text) => ({ text })), return_documents: true },
    ...whole,
  },
  { name: 'parts of texts', path: '/rerank', body: { model: 'reranker', query: parts(query), documents: documents.map(parts) }, ...whole },
  {
    name: 'logits',
    path: '/rerank',
    body: { model: 'reranker', query, documents, use_activation: false },
    ...ranked('reranker', 'rerank-raw', { texts: documents, tokens }),
  },
  {
    name: 'one document, no list',
    path: '/rerank',
    body: { model: 'reranker', query, documents: documents[0] },
    gives: {
      id: /^rerank-/,
      model: 'reranker',
      usage: { prompt_tokens: 27, total_tokens: 27 },
      results: [
        {
          index: 0,
          document: { text: documents[0]!, multi_modal: null },
          relevance_score: close(reference('reranker', 'one-to-one').expected.scores![0]!),
        },
      ],
    },
  },
  {
    name: 'equals keep their order',
    path: '/rerank',
    body: { model: 'reranker', query, documents: [documents[1], documents[0], documents[1], documents[0]] },
    gives: {
      id: /^rerank-/,
      model: 'reranker',
      usage: { prompt_tokens: positive, total_tokens: positive },
      results: [1, 3, 0, 2].map((index) => ({
        index,
        document: { text: documents[(index + 1) % 2]!, multi_modal: null },
        relevance_score: close(reference('reranker', 'one-to-many').expected.scores![(index + 1) % 2]!),
      })),
    },
  },
  {
    name: 'by cosine',
    path: '/rerank',
    body: {
      model: 'prompted',
      query: sides('prompted', 'cosine/rerank-top-4')[0],
      documents: sides('prompted', 'cosine/rerank-top-4')[1],
      top_n: 4,
    },
    ...ranked('prompted', 'cosine/rerank-top-4', { texts: sides('prompted', 'cosine/rerank-top-4')[1] as string[], tokens: positive }),
  },
  {
    name: 'by MaxSim',
    path: '/rerank',
    body: { model: 'colbert', query: sides('colbert', 'rerank/all')[0], documents: sides('colbert', 'rerank/all')[1] },
    ...ranked('colbert', 'rerank/all', { texts: sides('colbert', 'rerank/all')[1] as string[], tokens: positive }),
  },
  {
    name: 'a number of results below 0, and no query',
    path: '/rerank',
    body: { model: 'reranker', query: 'a', documents: ['b'], top_n: -1 },
    ...invalid(
      'top_n',
      "{'type': 'greater_than_equal', 'loc': ('body', 'top_n'), 'msg': 'Input should be greater than or equal to 0', 'input': -1}",
    ),
  },
  {
    name: 'no documents',
    path: '/rerank',
    body: { model: 'reranker', query: 'a', documents: [] },
    ...badRequest('At least one text_pair element must be given'),
  },
  {
    name: 'no query',
    path: '/rerank',
    body: { model: 'reranker', documents: ['a'] },
    ...invalid(
      'query',
      "{'type': 'missing', 'loc': ('body', 'query'), 'msg': 'Field required', 'input': {'model': 'reranker', 'documents': ['a']}}",
    ),
  },
  {
    name: 'a model that does not score',
    path: '/rerank',
    body: { model: 'rewarder', query: 'a', documents: ['a'] },
    ...badRequest(/^The model does not support Score API/),
  },
];
