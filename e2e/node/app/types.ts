/** Every kind of use that has types of its own; compiled, never run. */
import { errorCodes, LLM, PoolingError, type EmbeddingRequestOutput, type ErrorCode, type LoadOptions, type ModelInfo } from 'rockpool';
import { LLM as EdgeLLM, type EdgeOptions } from 'rockpool/edge';
import { LLM as RemoteLLM } from 'rockpool/remote';
import { createIndex, type Filter, type Hit, type SearchIndex } from 'rockpool/search';
import { createHandler, type Handler } from 'rockpool/server';
import { pipeline, type Tensor } from 'rockpool/transformers';

const options: LoadOptions = { device: 'auto', dtype: 'q8', onProgress: ({ phase, loaded, total }) => console.log(phase, loaded, total) };
const llm = await LLM.load('model', { ...options, worker: () => new Worker('worker.js') });
const outputs: EmbeddingRequestOutput[] = await llm.embed(['a', { prompt: 'b' }, { prompt_token_ids: [1, 2] }], {
  truncate_prompt_tokens: -1,
});
const vector: Float32Array = outputs[0]!.outputs.embedding;
for await (const output of llm.embedStream(['a'], { window: 8 })) console.log(output.outputs.hidden_size, vector.length);
// @ts-expect-error No worker.
await LLM.load('model', { worker: () => 5 });
await LLM.load(await navigator.storage.getDirectory());
const [states] = await llm.encode([[101, 102]], { poolingParams: { normalize: true } });
const [rows, hidden]: [number, number] = states!.outputs.shape;

const wasm: EdgeOptions = { wasm: new Uint8Array(8) };
const edge = await EdgeLLM.load(async (path) => (path === 'config.json' ? new Response('{}') : null), wasm);
try {
  await edge.embed('x');
} catch (error) {
  if (error instanceof PoolingError && error.code === 'input-too-long')
    console.log(error.code satisfies ErrorCode, errorCodes.length, rows * hidden);
}
const info: ModelInfo = edge.info;
// @ts-expect-error A misspelt option.
await llm.embed('x', { truncatePromptToken: 1 });
// @ts-expect-error One for all pairs.
await llm.score('a', 'b', { poolingParams: [{ activation: false }] });
// @ts-expect-error One for all prompts.
llm.embedStream(['a'], { poolingParams: [{}] });
// @ts-expect-error Nothing of it is `any`.
console.log(info.pooler.pooling_typ);

const index: SearchIndex = await createIndex(edge, { precision: 'int8', coarse: { precision: 'binary' } });
const filter: Filter = { year: { gte: 2000, not: 2001 }, tags: ['a', true, null] };
const hits: Hit[] = await index.search(vector, { filter, topK: 3 });
await index.search('x', { embedding: [0, 1] });
console.log(hits[0]!.passage.start, index.info.counters.readBackBytes);
// @ts-expect-error A function is no filter.
await index.search('x', { filter: () => true });
const handler: Handler = createHandler({ edge });
const answer: Response = await handler(new Request('http://localhost/health'));
const remote = await RemoteLLM.connect('http://localhost:8000');
const tensor: Tensor = await (await pipeline('feature-extraction', 'model'))('a', { pooling: 'mean' });
console.log(answer.ok, remote.info.model, tensor.dims);
await llm.dispose();
