/** The newest clients for Node, unmodified, against the rockpool server whose URL is the first argument. Prints "N passed"; run by newest.mjs. */
import assert from 'node:assert/strict';
import { createCohere } from '@ai-sdk/cohere';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embedMany } from 'ai';
import OpenAI from 'openai';

const [url, apiKey] = process.argv.slice(2);
const baseURL = `${url}/v1`;
const model = 'all-MiniLM-L6-v2';
const texts = ['The quick brown fox jumps over the lazy dog.', '北京是中华人民共和国的首都。', 'Größere Städte'];
const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const post = (path, body) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(body),
  });

/** What every client has to give, by plain fetch. */
const wanted = (await (await post('/v1/embeddings', { model, input: texts })).json()).data.map(({ embedding }) => embedding);

const checks = {
  async 'openai: the same bits by default, as float and as base64'() {
    const byDefault = await openai.embeddings.create({ model, input: texts });
    const asFloat = await openai.embeddings.create({ model, input: texts, encoding_format: 'float' });
    const asBase64 = await openai.embeddings.create({ model, input: texts, encoding_format: 'base64' });
    assert.deepEqual(
      byDefault.data.map(({ embedding }) => [...embedding]),
      wanted,
    );
    assert.deepEqual(
      asFloat.data.map(({ embedding }) => embedding),
      wanted,
    );
    const decoded = asBase64.data.map(({ embedding }) => [...new Float32Array(Uint8Array.from(Buffer.from(embedding, 'base64')).buffer)]);
    assert.deepEqual(decoded, wanted);
  },
  async 'openai: errors of their classes, with our words'() {
    const words = `400 Model "${model}" does not support matryoshka representation, changing output dimensions will lead to poor results.`;
    await assert.rejects(openai.embeddings.create({ model, input: 'a', dimensions: 32 }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.message, words);
      return true;
    });
    await assert.rejects(openai.embeddings.create({ model: 'gpt-9', input: 'a' }), OpenAI.NotFoundError);
    const stranger = new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 });
    await assert.rejects(stranger.embeddings.create({ model, input: 'a' }), OpenAI.AuthenticationError);
    const impatient = openai.embeddings.create({ model, input: Array(200).fill(texts[0]) }, { timeout: 50 });
    await assert.rejects(impatient, OpenAI.APIConnectionTimeoutError);
  },
  async 'openai: the models, and the id of a request'() {
    const names = [];
    for await (const { id } of openai.models.list()) names.push(id);
    assert.ok(names.includes(model));
    const given = await openai.embeddings.create({ model, input: 'a' }, { headers: { 'X-Request-Id': 'my-own' } }).withResponse();
    assert.equal(given.request_id, 'my-own');
  },
  async 'LangChain: documents and a query'() {
    const embeddings = new OpenAIEmbeddings({ model, apiKey, maxRetries: 0, configuration: { baseURL } });
    assert.deepEqual(
      (await embeddings.embedDocuments(texts)).map((vector) => [...vector]),
      wanted,
    );
    assert.deepEqual([...(await embeddings.embedQuery(texts[0]))].length, 384);
  },
  async 'AI SDK, as an OpenAI-compatible server: many embeddings'() {
    const provider = createOpenAICompatible({ name: 'rockpool', baseURL, apiKey });
    const { embeddings, usage } = await embedMany({ model: provider.embeddingModel(model), values: texts, maxRetries: 0 });
    assert.deepEqual(embeddings, wanted);
    assert.ok(usage.tokens > texts.length);
  },
  // Not its reranking: it refuses an answer without Cohere's `meta`, which vLLM's answer does not have.
  async 'AI SDK, as Cohere: many embeddings'() {
    const provider = createCohere({ baseURL: `${url}/v2`, apiKey });
    const { embeddings } = await embedMany({
      model: provider.embeddingModel(model),
      values: texts,
      maxRetries: 0,
      providerOptions: { cohere: { inputType: 'search_document' } },
    });
    assert.deepEqual(embeddings, wanted);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`passed: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
console.log(`${Object.keys(checks).length - failed} passed${failed ? `, ${failed} failed` : ''}`);
process.exitCode = failed ? 1 : 0;
