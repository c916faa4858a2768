/** What a request is before it has fields: method, path, body, content type, size, keys, origins. */
import { badRequest, head, invalid, refusal, usage, type Case } from '../case.ts';
import { bert, near } from '../oracle.ts';
import { serverOptions } from '../servers.ts';

const path = '/v1/embeddings';
const { text: input, vector } = bert('plain/sentence');
const fine = {
  gives: { ...head('embd', 'embedder'), data: [{ index: 0, object: 'embedding', embedding: near(vector) }], usage: usage(12) },
};

const notJson = (name: string, body: string | Uint8Array, message: RegExp): Case => ({ name, path, body, ...badRequest(message) });
const mediaType = (message: string) => ({ status: 415, gives: refusal(415, 'Unsupported Media Type', message) });
const ONLY_JSON = "Unsupported Media Type: Only 'application/json' is allowed";

const bodies: Case[] = [
  notJson('half an object', '{"input": ', /^The body is not JSON: /),
  notJson('no body', '', /^The body is not JSON: /),
  notJson('bytes that are no UTF-8', Uint8Array.of(123, 34, 255, 254, 34, 125), /^The body is not JSON: /),
  notJson('a list', '["a"]', /^The body must be a JSON object\.$/),
  notJson('null', 'null', /^The body must be a JSON object\.$/),
  { name: 'a text', path, headers: { 'Content-Type': 'text/plain' }, body: { input }, ...mediaType(ONLY_JSON) },
  { name: 'a form', path, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'input=a', ...mediaType(ONLY_JSON) },
  { name: 'no type', path, headers: { 'Content-Type': null }, body: new TextEncoder().encode('{}'), ...mediaType(ONLY_JSON) },
  { name: 'a type with a character set', path, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: { input }, ...fine },
  { name: 'a type that is JSON, too', path, headers: { 'Content-Type': 'application/vnd.api+json' }, body: { input }, ...fine },
  {
    name: 'a compressed body',
    path,
    headers: { 'Content-Encoding': 'gzip' },
    body: { input },
    ...mediaType('Unsupported Content-Encoding: send the body uncompressed'),
  },
  { name: 'a body of unknown length', path, streamed: true, body: { input }, ...fine },
  ...['/v1/embeddings', '/score', '/tokenize'].map((at): Case => ({
    name: `variables of a template that are a list, to ${at}`,
    path: at,
    body: { input, text_1: input, text_2: input, prompt: input, chat_template_kwargs: [0] },
    ...invalid(
      'chat_template_kwargs',
      "{'type': 'dict_type', 'loc': ('body', 'chat_template_kwargs'), 'msg': 'Input should be a valid dictionary', 'input': [0]}",
    ),
  })),
  {
    name: 'a model that is a number',
    path,
    body: { input, model: 3 },
    status: 400,
    gives: refusal(
      400,
      'Bad Request',
      "1 validation error:\n  {'type': 'string_type', 'loc': ('body', 'model'), 'msg': 'Input should be a valid string', 'input': 3}",
      'model',
    ),
  },
];

const notAllowed = (method: string, path: string, allow: string): Case => ({
  name: `${method} ${path}`,
  method,
  path,
  ...(method === 'POST' && { body: {} }),
  status: 405,
  answers: { Allow: allow },
  gives: refusal(405, 'Method Not Allowed', `${path} is not for ${method}, but for ${allow}.`),
});
const notFound = (path: string, method = 'GET'): Case => ({
  name: `${method} ${path}`,
  method,
  path,
  ...(method === 'POST' && { body: { input } }),
  status: 404,
  gives: refusal(404, 'NotFoundError', 'Not Found'),
});

const routes: Case[] = [
  ...[
    '/v1/embeddings',
    '/pooling',
    '/classify',
    '/score',
    '/v1/score',
    '/rerank',
    '/v1/rerank',
    '/v2/rerank',
    '/v2/embed',
    '/tokenize',
    '/detokenize',
  ].map((each) => notAllowed('GET', each, 'POST')),
  ...['/v1/models', '/health', '/version', '/load', '/metrics', '/openapi.json', '/docs'].map((each) =>
    notAllowed('POST', each, 'GET, HEAD'),
  ),
  notAllowed('DELETE', '/ping', 'GET, HEAD, POST'),
  notAllowed('PUT', '/v1/embeddings', 'POST'),
  notAllowed('PATCH', '/v1/models', 'GET, HEAD'),
  notFound('/'),
  notFound('/v1'),
  notFound('/v1/embedding', 'POST'),
  notFound('/v1/chat/completions', 'POST'),
  notFound('/V1/embeddings', 'POST'),
  { name: 'a query is not looked at', path: `${path}?api-version=1`, body: { input }, ...fine },
];

const { apiKeys, allowedOrigins, maxBodyBytes } = serverOptions.guarded;
const [key] = apiKeys;
const authorized = { Authorization: `Bearer ${key}` };
const guarded = { on: 'guarded', path } as const;
const unauthorized = { status: 401, answers: { 'WWW-Authenticate': 'Bearer' }, gives: refusal(401, 'Unauthorized', 'Unauthorized') };
const tooLarge = {
  status: 413,
  gives: refusal(413, 'Request Entity Too Large', `The body may have ${maxBodyBytes} bytes, and this one has more.`),
};

const keys: Case[] = [
  { name: 'a key', ...guarded, headers: authorized, body: { input }, ...fine },
  { name: 'a scheme in small letters', ...guarded, headers: { Authorization: `bearer ${key}` }, body: { input }, ...fine },
  { name: 'no key', ...guarded, body: { input }, ...unauthorized },
  { name: 'a wrong key', ...guarded, headers: { Authorization: `Bearer ${key}x` }, body: { input }, ...unauthorized },
  { name: 'a key without its scheme', ...guarded, headers: { Authorization: key }, body: { input }, ...unauthorized },
  ...['/v1/models', '/metrics', '/docs', '/openapi.json', '/version', '/nowhere'].map((each): Case => ({
    name: `no key for ${each}`,
    on: 'guarded',
    path: each,
    ...unauthorized,
  })),
  ...['/health', '/ping'].map((each): Case => ({ name: `no key is needed for ${each}`, on: 'guarded', path: each, gives: '' })),
];

const limits: Case[] = [
  { name: 'a body too large', ...guarded, headers: authorized, body: { input: 'a'.repeat(maxBodyBytes) }, ...tooLarge },
  {
    name: 'a body too large, of unknown length',
    ...guarded,
    streamed: true,
    headers: authorized,
    body: { input: 'a'.repeat(maxBodyBytes) },
    ...tooLarge,
  },
  {
    name: 'too many inputs',
    ...guarded,
    headers: authorized,
    body: { input: ['a', 'b', 'c', 'd', 'e'] },
    status: 422,
    gives: refusal(422, 'Unprocessable Entity', 'batch size 5 > maximum allowed batch size 4', 'input'),
  },
  {
    name: 'too many documents',
    on: 'guarded',
    path: '/rerank',
    headers: authorized,
    body: { model: 'reranker', query: 'a', documents: ['a', 'b', 'c', 'd', 'e'] },
    status: 422,
    gives: refusal(422, 'Unprocessable Entity', 'batch size 5 > maximum allowed batch size 4', 'documents'),
  },
  {
    name: 'too many tokens in all',
    ...guarded,
    headers: authorized,
    body: { input: Array.from({ length: 4 }, () => bert('plain/german').text) },
    ...badRequest(/^The prompts of one call may have 60 tokens in all, and these have more\./, 'input_tokens'),
  },
];

const [origin] = allowedOrigins;
const asks = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' };
const origins: Case[] = [
  {
    name: 'a preflight, which has no key',
    ...guarded,
    method: 'OPTIONS',
    headers: { Origin: origin, ...asks },
    status: 204,
    answers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': /POST/,
      'Access-Control-Allow-Headers': /authorization.*content-type/i,
      'Access-Control-Max-Age': '600',
    },
    gives: '',
  },
  {
    name: "another site's preflight",
    ...guarded,
    method: 'OPTIONS',
    headers: { Origin: 'https://evil.example', ...asks },
    status: 204,
    answers: { 'Access-Control-Allow-Origin': null },
    gives: '',
  },
  {
    name: 'a request of a page',
    ...guarded,
    headers: { ...authorized, Origin: origin },
    body: { input },
    ...fine,
    answers: { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': /X-Request-Id/, Vary: /Origin/i },
  },
  {
    name: "a request of another site's page",
    ...guarded,
    headers: { ...authorized, Origin: 'https://evil.example' },
    body: { input },
    ...fine,
    answers: { 'Access-Control-Allow-Origin': null },
  },
  {
    name: 'a refusal can be read by the page',
    ...guarded,
    headers: { Origin: origin },
    body: { input },
    ...unauthorized,
    answers: { 'Access-Control-Allow-Origin': origin },
  },
  {
    name: 'no origin is allowed by default',
    path,
    headers: { Origin: origin },
    body: { input },
    ...fine,
    answers: { 'Access-Control-Allow-Origin': null },
  },
];

export const requestCases = [...bodies, ...routes, ...keys, ...limits, ...origins];
