/**
 * Random and mutated requests for server-fuzz.test.ts: bodies that are nearly right, JSON with broken bytes, and what has nothing to do
 * with any route.
 */
import fc from 'fast-check';

export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
  /** Of the two servers: one trusts templates and asks for a key. */
  open: boolean;
}

export const KEY = 'sk-fuzz';

/** Bodies that are answered, or nearly. */
const messages = [{ role: 'user', content: 'hello' }];
const chatTemplate = '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}';
const bases: readonly [path: string, body: Readonly<Record<string, unknown>>][] = [
  [
    '/v1/embeddings',
    { model: 'embed', input: 'hello', encoding_format: 'float', dimensions: null, truncate_prompt_tokens: -1, user: 'me' },
  ],
  ['/v1/embeddings', { input: ['a', 'b c'], encoding_format: 'base64', embed_dtype: 'float16', endianness: 'big', normalize: false }],
  ['/v1/embeddings', { input: [[101, 5, 102], [7]], add_special_tokens: false, priority: 3, request_id: 'mine' }],
  [
    '/v1/embeddings',
    { model: 'decoder', messages, chat_template: chatTemplate, chat_template_kwargs: { a: 1 }, add_generation_prompt: true },
  ],
  ['/v1/embeddings', { model: 'embed', input: [messages], encoding_format: 'bytes', continue_final_message: false }],
  [
    '/pooling',
    { model: 'tokens', input: 'hello', task: 'token_classify', softmax: true, use_activation: null, encoding_format: 'bytes_only' },
  ],
  ['/v1/embeddings', { model: 'embed', input: ['hello there', 'a'], late_chunking_params: { chunk_size: 2 }, normalize: true }],
  ['/pooling', { model: 'embed', input: 'hello', task: 'token_embed', prompt_name: 'query', truncation_side: 'left' }],
  ['/classify', { model: 'classify', input: ['good', ''], activation: false, padding: 'do_not_pad' }],
  ['/score', { model: 'rerank', text_1: 'a', text_2: ['b', 'c'], truncate_prompt_tokens: 9, use_activation: false }],
  ['/v1/score', { model: 'embed', queries: ['a'], documents: [{ text: 'b' }], max_tokens_per_doc: 3, max_tokens_per_query: 2 }],
  [
    '/rerank',
    { model: 'rerank', query: 'a', documents: ['b', { content: [{ type: 'text', text: 'c' }] }], top_n: 1, return_documents: false },
  ],
  ['/v2/rerank', { model: 'rerank', query: 'a', documents: ['b'], instruction: 'x', chat_template: '{{ query }} {{ document }}' }],
  [
    '/v2/embed',
    { model: 'embed', texts: ['a'], input_type: 'query', embedding_types: ['float', 'binary'], truncate: 'END', max_tokens: 5 },
  ],
  ['/v2/embed', { model: 'embed', inputs: [{ content: [{ type: 'text', text: 'a' }] }], output_dimension: 8, images: [] }],
  ['/tokenize', { model: 'decoder', prompt: 'hello', add_special_tokens: true, return_token_strs: true }],
  ['/tokenize', { model: 'embed', messages, chat_template: chatTemplate, tools: [{ name: 't' }] }],
  ['/detokenize', { model: 'embed', tokens: [101, 7, 102] }],
  ['/v1/embeddings', { model: 'chunked', input: 'many words '.repeat(200), truncate_prompt_tokens: null }],
  ['/v1/embeddings', { model: 'adapters', input: 'hello', prompt_name: 'retrieval.query', dimensions: 8 }],
  ['/v1/embeddings', { model: 'late', input: 'hello', encoding_format: 'float' }],
  ['/score', { model: 'late', data_1: 'a', data_2: 'b', max_tokens_per_doc: 1 }],
  ['/pooling', { model: 'steps', input: 'a <extra_0> b <extra_0>', task: 'reward' }],
  ['/v1/rerank', { model: 'generative', query: 'a', documents: { text: 'b' }, instruction: 'find it', truncation_side: 'left' }],
];
const paths = [
  ...new Set(bases.map(([path]) => path)),
  '/v1/models',
  '/health',
  '/ping',
  '/version',
  '/load',
  '/metrics',
  '/openapi.json',
  '/docs',
];
const fields = [...new Set(bases.flatMap(([, body]) => Object.keys(body)))];

const words =
  'embed classify rerank tokens decoder chunked adapters late steps generative score encode reward token_embed token_classify left max_length bytes fp8_e4m3 NONE';
/** Objects that cannot become a text, or that look like one of ours by what they claim to inherit. Parsed: `__proto__` is a key of their own then. */
const oddObjects = [
  '{"toString":1,"valueOf":2}',
  '{"__proto__":{"toString":null}}',
  '{"toString":null,"toJSON":null,"then":1}',
  '{"constructor":1,"length":-1}',
].map((json): unknown => JSON.parse(json));
const oddValues: readonly unknown[] = [
  ...words.split(' '),
  ...oddObjects,
  ...oddObjects.map((one) => [one]),
  ...oddObjects.map((content) => [{ role: 'user', content }]),
  ...oddObjects.map((text) => [{ content: [{ type: 'text', text }] }]),
  ...oddObjects.map((one) => ({ a: one })),
  null,
  true,
  '',
  ' ',
  [],
  {},
  [[]],
  [''],
  [null],
  [{}],
  0,
  -0,
  -1,
  1,
  2.5,
  1e9,
  -(2 ** 31),
  2 ** 53,
  1e308,
  'NaN',
  '\u0000',
  '\ud800',
  '\u{1f642}\u200d',
  'https://example.org/a.png',
  '__proto__',
  'constructor',
  'toString',
  'word '.repeat(700),
  'a'.repeat(3_000),
  Array(60).fill('a'),
  Array(600).fill(5),
  '{% for i in range(3) %}{{ i }}{% endfor %}',
  '{{ messages[0].nothing.at.all }}',
  '{% if %}',
  '{{ raise_exception("no") }}',
  '{{ [1, 2] | join(messages) }}',
  '{{ a }}{{ a ~ "x" }}{{ a | string }}{{ a | tojson }}',
];
const text = fc.string({ maxLength: 40, unit: 'binary' });
const value: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom(...oddValues), weight: 6 },
  { arbitrary: text, weight: 3 },
  { arbitrary: fc.integer(), weight: 1 },
  { arbitrary: fc.double(), weight: 1 },
  { arbitrary: fc.array(text, { maxLength: 4 }), weight: 2 },
  { arbitrary: fc.array(fc.integer({ min: -2, max: 800 }), { maxLength: 6 }), weight: 2 },
  { arbitrary: fc.array(fc.array(fc.nat(800), { maxLength: 4 }), { maxLength: 4 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 4 }), weight: 2 },
);

/** A body with a few of its fields changed, gone, new, or one level deeper. */
type Change = (body: Record<string, unknown>) => void;
const field = fc.oneof(
  { arbitrary: fc.constantFrom(...fields), weight: 8 },
  { arbitrary: fc.constantFrom('__proto__', 'toString', 'constructor', 'then'), weight: 1 },
  { arbitrary: text, weight: 1 },
);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    arbitrary: fc.tuple(field, value).map(
      ([name, to]): Change =>
        (body) =>
          Object.defineProperty(body, name, { value: to, enumerable: true, configurable: true, writable: true }),
    ),
    weight: 5,
  },
  {
    arbitrary: fc.nat().map(
      (at): Change =>
        (body) =>
          delete body[Object.keys(body)[at % Object.keys(body).length] ?? ''],
    ),
    weight: 1,
  },
  {
    arbitrary: fc.tuple(fc.nat(), value).map(([at, to]): Change => (body) => {
      const name = Object.keys(body)[at % Object.keys(body).length];
      if (name !== undefined) body[name] = Array.isArray(to) ? [body[name], ...(to as unknown[])] : [body[name], to];
    }),
    weight: 1,
  },
);

const json = fc
  .tuple(fc.constantFrom(...bases), fc.array(change, { maxLength: 3 }))
  .map(([[path, base], changes]): [path: string, body: string] => {
    const body = structuredClone(base) as Record<string, unknown>;
    for (const apply of changes) apply(body);
    return [path, JSON.stringify(body)];
  });

/** The text itself cut, doubled, or with bytes that do not belong there. */
const bytes = fc
  .tuple(json, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 2 }), fc.nat(255)), { minLength: 1, maxLength: 4 }))
  .map(([[path, body], edits]): [path: string, body: Uint8Array] => {
    let data = Buffer.from(body);
    for (const [place, kind, byte] of edits) {
      const at = place % (data.length + 1);
      const inserted = Buffer.concat([data.subarray(0, at), Buffer.of(byte), data.subarray(at)]);
      const replaced = Buffer.concat([data.subarray(0, at), Buffer.of(byte), data.subarray(at + 1)]);
      data = [inserted, replaced, data.subarray(0, at)][kind] as typeof data;
    }
    return [path, Uint8Array.from(data)];
  });

const others = fc.tuple(
  fc.oneof(
    fc.constantFrom(...paths),
    fc.webPath(),
    fc.constantFrom(
      '/v1/',
      '/v1/embeddings/',
      '//rerank',
      '/%00',
      '/v1/models/a%2Fb',
      '/..%2f..%2fetc/passwd',
      '/score?a=%ff',
      '/docs/../metrics',
    ),
  ),
  fc.oneof(
    fc.jsonValue().map((any) => JSON.stringify(any)),
    fc.uint8Array({ maxLength: 60 }),
    fc.constant(' '.repeat(25_000)),
  ),
);

const method = fc.oneof(
  { arbitrary: fc.constant('POST'), weight: 8 },
  { arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'PATCH', 'QUERY', 'x'), weight: 1 },
);
/** What Headers takes: printable Latin-1. */
const headerText = fc.string({
  maxLength: 30,
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .filter((c) => c < 0x7f || c > 0xa0)
    .map((c) => String.fromCharCode(c)),
});
const headers = fc.record(
  {
    'Content-Type': fc.oneof(
      { arbitrary: fc.constant('application/json'), weight: 10 },
      { arbitrary: fc.constantFrom('application/json; charset=latin1', 'text/json', 'application/problem+json', '*/*'), weight: 1 },
      { arbitrary: headerText, weight: 1 },
    ),
    'X-Request-Id': headerText,
    'Content-Encoding': fc.constantFrom('identity', 'gzip', 'br, gzip'),
    'Content-Length': fc.constantFrom('0', '5', '1e9', '99999999', 'x'),
    Authorization: fc.oneof(fc.constant(`Bearer ${KEY}`), headerText),
    Origin: fc.oneof(fc.webUrl(), headerText),
    traceparent: headerText,
  },
  { requiredKeys: ['Content-Type'] },
);
const plainHeaders = fc.record({ 'Content-Type': fc.constant('application/json'), Authorization: fc.constant(`Bearer ${KEY}`) });

export const request: fc.Arbitrary<Sent> = fc
  .tuple(
    fc.oneof(
      { arbitrary: fc.tuple(json, fc.constant('POST'), plainHeaders), weight: 6 },
      { arbitrary: fc.tuple(bytes, fc.constant('POST'), plainHeaders), weight: 2 },
      { arbitrary: fc.tuple(fc.oneof(json, bytes, others), method, headers), weight: 2 },
    ),
    fc.boolean(),
  )
  .map(([[[path, body], verb, head], open]) => ({ method: verb, path, headers: head as Record<string, string>, body, open }));
