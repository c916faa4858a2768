/**
 * What vLLM's docs/models/pooling_models.md shows of its server, line by line: the curl call, the error, the call with a very long text,
 * the options.
 */
import { LLM } from 'rockpool/edge';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './processes.ts';
import { bitsOf, miniLmFolder, post, serveModels, type Running } from './server-process.ts';

const MINILM = 'models/all-MiniLM-L6-v2';

/** `vllm serve NAME` with the options that the document pastes, as it writes them, for the model that is here. */
const served = {
  'BAAI/bge-m3': { folder: MINILM },
  'jinaai/jina-embeddings-v3': { folder: MINILM, load: { hf_overrides: JSON.parse('{"is_matryoshka": true}') as object } },
  'Snowflake/snowflake-arctic-embed-m-v1.5': {
    folder: MINILM,
    load: { hf_overrides: JSON.parse('{"matryoshka_dimensions":[256]}') as object },
  },
  'multilingual-e5-large': {
    folder: 'e2e/models/tiny-bert',
    load: {
      override_pooler_config: JSON.parse(
        '{"pooling_type": "MEAN", "normalize": true, "enable_chunked_processing": true, "max_embed_len": 3072000}',
      ) as object,
    },
  },
};

/** The document's own lines. */
const CURL = String.raw`curl http://127.0.0.1:31090/v1/embeddings \
  -H 'accept: application/json' \
  -H 'Content-Type: application/json' \
  -d '{
    "input": "Follow the white rabbit.",
    "model": "jinaai/jina-embeddings-v3",
    "encoding_format": "float",
    "dimensions": 32
  }'`;
const ERROR = String.raw`{"object":"error","message":"Model \"BAAI/bge-m3\" does not support matryoshka representation, changing output dimensions will lead to poor results.","type":"BadRequestError","param":null,"code":400}`;
/** Without the 32 numbers of another model. */
const EXPECTED = String.raw`{"id":"embd-5c21fc9a5c9d4384a1b021daccaf9f64","object":"list","created":1745476417,"model":"jinaai/jina-embeddings-v3","data":[{"index":0,"object":"embedding","embedding":[]}],"usage":{"prompt_tokens":8,"total_tokens":8,"completion_tokens":0,"prompt_tokens_details":null}}`;

interface Embeddings {
  id: string;
  created: number;
  model: string;
  data: { index: number; object: string; embedding: number[] }[];
  usage: { prompt_tokens: number };
}

let server: Running;
let llm: LLM;

beforeAll(async () => {
  server = await serveModels(served as Parameters<typeof serveModels>[0]);
  llm = await LLM.load(miniLmFolder, { onLog: () => {} });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await llm.dispose();
});

const curl = async (line: string, ...more: string[]) =>
  (await run('sh', ['-c', [line.replace('http://127.0.0.1:31090', server.url), '--silent', '--show-error', ...more].join(' ')])).stdout;

/** Cut, then of unit length again. */
function cut(vector: Float32Array, dimensions: number): number[] {
  const first = [...vector.subarray(0, dimensions)];
  const norm = Math.hypot(...first);
  return first.map((value) => value / norm);
}

describe('The Matryoshka call', () => {
  test('is answered in the shape that the document shows', async () => {
    const printed = await curl(CURL);
    const answer = JSON.parse(printed) as Embeddings;
    const [{ outputs, prompt_token_ids }] = (await llm.embed('Follow the white rabbit.')) as [Awaited<ReturnType<LLM['embed']>>[number]];
    const { embedding } = answer.data[0]!;
    expect(embedding).toHaveLength(32);
    const expected = cut(outputs.embedding, 32);
    expect(Math.max(...embedding.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
    expect(answer.id).toMatch(/^embd-[0-9a-f]{32}$/);
    expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
    // Every key, in its order; of the values those that are another model's or another moment's are put in.
    const shown = JSON.parse(EXPECTED) as Embeddings;
    Object.assign(shown, { id: answer.id, created: answer.created });
    shown.data[0]!.embedding = embedding;
    Object.assign(shown.usage, { prompt_tokens: prompt_token_ids.length, total_tokens: prompt_token_ids.length });
    expect(printed.trim()).toBe(JSON.stringify(shown));
  });

  test.each([
    ['Snowflake/snowflake-arctic-embed-m-v1.5', 256, 200],
    ['Snowflake/snowflake-arctic-embed-m-v1.5', 32, 400],
    ['jinaai/jina-embeddings-v3', 5, 200],
    ['jinaai/jina-embeddings-v3', -1, 400],
    ['jinaai/jina-embeddings-v3', 385, 400],
  ])('to %s with %d dimensions: %d', async (model, dimensions, status) => {
    const line = CURL.replace('jinaai/jina-embeddings-v3', model).replace('"dimensions": 32', `"dimensions": ${dimensions}`);
    const [body, code] = (await curl(line, `--write-out '\\n%{http_code}'`)).split(/\n(?=\d+$)/) as [string, string];
    expect(Number(code)).toBe(status);
    const { data, error } = JSON.parse(body) as Partial<Embeddings> & { error?: { message: string } };
    if (status === 200) expect(data![0]!.embedding).toHaveLength(dimensions);
    else expect(error!.message).toMatch(/dimension/i);
  });
});

test('The error of a model without Matryoshka is the document’s, key by key, with the nested one that OpenAI’s clients read', async () => {
  const response = await post(`${server.url}/v1/embeddings`, { model: 'BAAI/bge-m3', input: 'Follow the white rabbit.', dimensions: 32 });
  expect(response.status).toBe(400);
  const text = await response.text();
  const { object: _, ...nested } = JSON.parse(ERROR) as Record<string, unknown>;
  expect(text).toBe(`${ERROR.slice(0, -1)},"error":${JSON.stringify(nested)}}`);
});

test('The call with a very long text gives one vector, that of the whole text', async () => {
  const client = new OpenAI({ apiKey: 'your-api-key', baseURL: `${server.url}/v1`, maxRetries: 0 });
  const input = "Very long text that exceeds the model's position embeddings...".repeat(5000);
  const { data, usage } = await client.embeddings.create({ input, model: 'multilingual-e5-large' });
  expect(data).toHaveLength(1);
  const { embedding } = data[0]!;
  expect(usage.prompt_tokens).toBeGreaterThan(60_000);
  expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  // The weighted mean of its chunks, as the document defines it.
  const { tokens } = (await (await post(`${server.url}/tokenize`, { model: 'multilingual-e5-large', prompt: input })).json()) as {
    tokens: number[];
  };
  expect(tokens).toHaveLength(usage.prompt_tokens);
  const chunks = Array.from({ length: Math.ceil(tokens.length / 256) }, (_, i) => tokens.slice(i * 256, (i + 1) * 256));
  const ofChunks = await client.embeddings.create({ input: chunks, model: 'multilingual-e5-large' });
  const sum = new Float64Array(embedding.length);
  ofChunks.data.forEach(({ embedding: of }, i) => of.forEach((value, d) => (sum[d]! += value * chunks[i]!.length)));
  const norm = Math.hypot(...sum);
  expect(Math.max(...embedding.map((value, d) => Math.abs(value - sum[d]! / norm)))).toBeLessThan(1e-5);
});

test('The other calls of the page, which are those of LLM, have their twins as curl lines', async () => {
  const line = (path: string, body: object) =>
    `curl http://127.0.0.1:31090${path} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const model = 'BAAI/bge-m3';
  const rows = JSON.parse(await curl(line('/pooling', { model, input: 'Hello, my name is' }))) as { data: { data: number[][] }[] };
  const [states] = await llm.encode('Hello, my name is');
  expect(rows.data[0]!.data.map(({ length }) => length)).toEqual(Array(states!.outputs.shape[0]).fill(384));
  expect(bitsOf(Float32Array.from(rows.data[0]!.data.flat()))).toBe(bitsOf(states!.outputs.data));
  const pair = { text_1: 'What is the capital of France?', text_2: 'The capital of Brazil is Brasilia.' };
  const { data } = JSON.parse(await curl(line('/score', { model, ...pair }))) as { data: { score: number }[] };
  const [own] = await llm.score(pair.text_1, pair.text_2);
  expect(data[0]!.score).toBeCloseTo(own!.outputs.score, 6);
});
