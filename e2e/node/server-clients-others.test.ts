/** Cohere's own client and LangChain's OpenAIEmbeddings, unmodified, against a running server. */
import { OpenAIEmbeddings } from '@langchain/openai';
import { Cohere, CohereClientV2 } from 'cohere-ai';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOracle, texts } from './oracle-texts.ts';
import { serveModels, type Running } from './server-process.ts';
import { load, outcome } from './tiny-model.ts';

const model = 'all-MiniLM-L6-v2';
/** As Cohere's models have them; a client of theirs always says which it means. */
const prompts = { search_query: 'query: ', search_document: '' };
const documents = ['The capital of Brazil is Brasilia.', 'The capital of France is Paris.', 'Horses eat grass.'];
const query = 'What is the capital of France?';
let server: Running;
let cohere: CohereClientV2;

beforeAll(async () => {
  server = await serveModels({
    [model]: { folder: `models/${model}`, files: { 'config_sentence_transformers.json': JSON.stringify({ prompts }) } },
    reranker: { folder: 'e2e/models/tiny-bert-reranker' },
  });
  cohere = new CohereClientV2({ token: 'any', environment: server.url, maxRetries: 0 });
}, 60_000);
afterAll(() => server.stop());

describe('Cohere', () => {
  test('embeds as Sentence-Transformers does, in each of its types', async () => {
    const {
      embeddings,
      texts: echoed,
      meta,
    } = await cohere.embed({
      model,
      texts,
      inputType: 'search_document',
      embeddingTypes: ['float', 'base64', 'binary', 'ubinary'],
    });
    await expectOracle(embeddings.float!, 'minilm-w8');
    expect(echoed).toEqual(texts);
    expect(meta?.billedUnits?.inputTokens).toBeGreaterThan(texts.length);
    embeddings.float!.forEach((vector, i) => {
      const bytes = Uint8Array.from(Buffer.from(embeddings.base64![i]!, 'base64'));
      expect([...new Float32Array(bytes.buffer)]).toEqual(vector);
      const bits = vector.map((value) => (value >= 0 ? '1' : '0')).join('');
      const packed = bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
      expect(embeddings.ubinary![i]).toEqual(packed);
      expect(embeddings.binary![i]).toEqual(packed.map((byte) => byte - 128));
    });
  });

  test('says what a text is for, and the model reads the prompt before it', async () => {
    const ask = async (inputType: 'search_query' | 'search_document', text: string) =>
      (await cohere.embed({ model, texts: [text], inputType, embeddingTypes: ['float'] })).embeddings.float![0]!;
    expect(await ask('search_query', query)).toEqual(await ask('search_document', `query: ${query}`));
    expect(await ask('search_query', query)).not.toEqual(await ask('search_document', query));
  });

  test('cuts long texts unless it is told not to', async () => {
    const long = 'word '.repeat(300);
    const ask = (truncate: 'END' | 'START' | 'NONE') =>
      cohere.embed({ model, texts: [long], inputType: 'search_document', embeddingTypes: ['float'], truncate });
    expect((await ask('END')).meta?.billedUnits?.inputTokens).toBe(256);
    expect((await ask('START')).meta?.billedUnits?.inputTokens).toBe(256);
    await expect(ask('NONE')).rejects.toBeInstanceOf(Cohere.BadRequestError);
  });

  test('reranks as the model itself does', async () => {
    const { results } = await cohere.rerank({ model: 'reranker', query, documents, topN: 2 });
    const llm = await load('tiny-bert-reranker');
    const own = await llm.rerank(query, documents, { topN: 2 });
    await llm.dispose();
    expect(results.map(({ index }) => index)).toEqual(own.map(({ index }) => index));
    results.forEach(({ relevanceScore }, i) => expect(relevanceScore).toBeCloseTo(own[i]!.relevance_score, 5));
  });

  test('gets its own classes of errors, with our words', async () => {
    const unknown = cohere.rerank({ model: 'rerank-v9', query, documents });
    await expect(unknown).rejects.toBeInstanceOf(Cohere.NotFoundError);
    await expect(unknown).rejects.toMatchObject({ statusCode: 404, body: { message: 'The model `rerank-v9` does not exist.' } });
    const wrong = cohere.embed({ model, texts: ['a'], inputType: 'clustering', embeddingTypes: ['float'] });
    await expect(wrong).rejects.toBeInstanceOf(Cohere.BadRequestError);
    await expect(wrong).rejects.toMatchObject({
      body: { message: "Unsupported input_type 'clustering'. Supported values: search_document, search_query" },
    });
  });

  test('works through llm.fetch with no server', async () => {
    const llm = await load('tiny-bert-reranker');
    const local = new CohereClientV2({ token: 'any', environment: 'http://local', maxRetries: 0, fetch: llm.fetch });
    const { results } = await local.rerank({ model: 'tiny-bert-reranker', query, documents });
    expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
    await llm.dispose();
  });
});

describe('LangChain', () => {
  const settings = () => ({ model, apiKey: 'any', maxRetries: 0, configuration: { baseURL: `${server.url}/v1` } });

  test('embeds documents and queries as Sentence-Transformers does', async () => {
    const embeddings = new OpenAIEmbeddings(settings());
    const ofDocuments = await embeddings.embedDocuments([...texts]);
    await expectOracle(ofDocuments, 'minilm-w8');
    const ofQuery = await embeddings.embedQuery(texts[0]!);
    await expectOracle([ofQuery], 'minilm-w8');
    // What its own standard tests for embeddings ask for.
    expect(new Set([...ofDocuments, ofQuery].map(({ length }) => length))).toEqual(new Set([384]));
    expect(await embeddings.embedDocuments([])).toEqual([]);
  });

  test('sends many documents in several requests at once, and gets them in order', async () => {
    const embeddings = new OpenAIEmbeddings({ ...settings(), batchSize: 7, maxConcurrency: 4, encodingFormat: 'float' });
    const many = Array.from({ length: 50 }, (_, i) => `document number ${i}`);
    const vectors = await embeddings.embedDocuments(many);
    const llm = await LLM.load(`models/${model}`, { onLog: () => {} });
    const own = await llm.embed(many);
    await llm.dispose();
    vectors.forEach((vector, i) => {
      const expected = own[i]!.outputs.embedding;
      expect(Math.max(...vector.map((value, d) => Math.abs(value - expected[d]!))), many[i]).toBeLessThan(1e-5);
    });
  });

  test('shows the server’s words for a mistake', async () => {
    const embeddings = new OpenAIEmbeddings({ ...settings(), dimensions: 32 });
    expect(await outcome(embeddings.embedQuery('a'))).toContain('does not support matryoshka representation');
  });
});
