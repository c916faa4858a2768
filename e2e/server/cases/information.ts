/** GET /v1/models, /health, /ping, /version, /load, /metrics, /openapi.json, /docs. The metrics come last: they count what was before. */
import { recent, type Case } from '../case.ts';
import { mismatches, type Check } from '../match.ts';
import { metricsProblems } from '../metrics-check.ts';
import { openApiProblems } from '../openapi-check.ts';
import { bert, near } from '../oracle.ts';
import { models, modelNames } from '../servers.ts';
import { embeddings } from './embeddings.ts';

/** Every path of vLLM's pooling servers that rockpool answers, and its methods. */
export const ROUTES: Readonly<Record<string, readonly string[]>> = {
  '/v1/embeddings': ['post'],
  '/pooling': ['post'],
  '/classify': ['post'],
  '/score': ['post'],
  '/v1/score': ['post'],
  '/rerank': ['post'],
  '/v1/rerank': ['post'],
  '/v2/rerank': ['post'],
  '/v2/embed': ['post'],
  '/tokenize': ['post'],
  '/detokenize': ['post'],
  '/v1/models': ['get'],
  '/health': ['get'],
  '/ping': ['get', 'post'],
  '/version': ['get'],
  '/load': ['get'],
  '/metrics': ['get'],
  '/openapi.json': ['get'],
  '/docs': ['get'],
};

const HEX = '[0-9a-f]{32}';
/** As config_sentence_transformers.json of tiny-bert-dense has them. */
const PROMPTS: Readonly<Record<string, Record<string, string>>> = { prompted: { query: 'query: ', passage: 'passage: ' } };
/** What docs/tasks says that a model of the kind serves. */
const VECTORS = ['encode', 'token_embed', 'embed', 'score'];
const TASKS: Readonly<Record<string, readonly string[]>> = {
  reranker: ['classify', 'reward', 'score'],
  classifier: ['classify'],
  tagger: ['token_classify', 'encode'],
  colbert: ['encode', 'token_embed', 'score'],
  rewarder: ['reward', 'encode'],
};
const card = (id: string, max_model_len: number) => ({
  id,
  object: 'model',
  created: recent,
  owned_by: 'rockpool',
  root: id,
  parent: null,
  max_model_len,
  tasks: TASKS[id] ?? VECTORS,
  prompts: PROMPTS[id] ?? {},
  default_prompt_name: null,
  permission: [
    {
      id: new RegExp(`^modelperm-${HEX}$`),
      object: 'model_permission',
      created: recent,
      allow_create_engine: false,
      allow_sampling: true,
      allow_logprobs: true,
      allow_search_indices: false,
      allow_view: true,
      allow_fine_tuning: false,
      organization: '*',
      group: null,
      is_blocking: false,
    },
  ],
});
const LENGTHS: Readonly<Record<string, number>> = { 'tiny-bert': 256, 'tiny-bert-dense': 480 };

const describesAll: Check = (value) => openApiProblems(value, ROUTES).join('; ') || null;
const isPrometheus: Check = (value) =>
  metricsProblems(String(value), [
    'rockpool:http_requests_total{handler="/v1/embeddings",method="POST",status="200"}',
    'rockpool:http_requests_total{handler="/v1/embeddings",method="POST",status="400"}',
    'rockpool:request_success_total{model_name="embedder"}',
    'rockpool:request_failure_total{model_name="embedder",err="400"}',
    'rockpool:prompt_tokens_total{model_name="embedder"}',
    'rockpool:request_inference_time_seconds_count{model_name="embedder"}',
  ]).join('; ') || null;
const showsAll: Check = (value) => {
  const page = String(value);
  const missing = Object.keys(ROUTES).filter((path) => !page.includes(`<code>${path}</code>`));
  if (missing.length > 0) return `the page lacks ${missing.join(', ')}`;
  // The lines to paste name the server.
  return /<script|https?:\/\//.test(page.replace(/<pre>.*?<\/pre>/gs, '')) ? 'the page loads something' : null;
};

const beginsWithFirst: Check = (value, earlier) =>
  mismatches((value as { data: unknown[] }).data[0], card('embedder', 256), earlier).join('; ') || null;

export const informationCases: Case[] = [
  { name: 'the first model, or the only one', path: '/v1/models', gives: beginsWithFirst },
  {
    name: 'all models',
    several: true,
    path: '/v1/models',
    gives: { object: 'list', data: modelNames.map((name) => card(name, LENGTHS[models[name].folder] ?? 512)) },
  },
  {
    name: 'without a name: the first that serves the task',
    several: true,
    path: '/classify',
    body: { input: 'a' },
    gives: (value) => ((value as { model: string }).model === 'reranker' ? null : JSON.stringify(value)),
  },
  {
    name: 'without a name: the first that embeds',
    several: true,
    path: '/v1/embeddings',
    body: { input: bert('plain/sentence').text },
    gives: embeddings([near(bert('plain/sentence').vector)], 12),
  },
  { name: 'health', path: '/health', gives: '' },
  { name: 'health without its body', method: 'HEAD', path: '/health', gives: '' },
  { name: 'ping', path: '/ping', gives: '' },
  { name: 'ping by POST', method: 'POST', path: '/ping', gives: '' },
  { name: 'the version', path: '/version', gives: { version: /^\d+\.\d+\.\d+/ } },
  { name: 'the load, with nothing else under way', path: '/load', gives: { server_load: 0 } },
  { name: 'the API as OpenAPI', path: '/openapi.json', gives: describesAll },
  {
    name: 'the API as a page',
    path: '/docs',
    answers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': /default-src 'none'/ },
    gives: showsAll,
  },
  { name: 'counters and times', path: '/metrics', answers: { 'Content-Type': /^text\/plain; version=0\.0\.4/ }, gives: isPrometheus },
];
