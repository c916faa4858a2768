/** What a project for Node uses, without the DOM's types; compiled, never run. */
import { LLM as PageLLM } from 'rockpool';
import { LLM, type EdgeOptions } from 'rockpool/edge';
import { LLM as RemoteLLM } from 'rockpool/remote';
import { createIndex } from 'rockpool/search';
import { createHandler } from 'rockpool/server';
import { pipeline } from 'rockpool/transformers';

const options: EdgeOptions = { wasm: new Uint8Array(8) };
const llm = await LLM.load(async (path) => (path === 'config.json' ? new Response('{}') : null), options);
// @ts-expect-error A misspelt option.
await LLM.load('model', { wasms: new Uint8Array(8) });
const index = await createIndex(llm);
console.log(index.size.documents, PageLLM, RemoteLLM, createHandler({ llm }), pipeline);
