/** The server that the clients' checks talk to: a process of its own, with the real MiniLM under the names that they ask for. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const key = 'sk-of-the-checks';
const folder = 'models/all-MiniLM-L6-v2';
const models = {
  // As Cohere's models have them; a client of theirs always says which it means.
  'all-MiniLM-L6-v2': {
    folder,
    files: { 'config_sentence_transformers.json': JSON.stringify({ prompts: { search_query: 'query: ', search_document: '' } }) },
  },
  matryoshka: { folder, load: { hfOverrides: { is_matryoshka: true } } },
  'multilingual-e5-large': {
    folder,
    load: { overridePoolerConfig: { pooling_type: 'MEAN', normalize: true, enable_chunked_processing: true, max_embed_len: 3_072_000 } },
  },
  reranker: { folder: 'e2e/models/tiny-bert-reranker' },
};

export async function startServer() {
  const job = JSON.stringify({ models, options: { apiKeys: [key] } });
  const child = spawn(process.execPath, [join(here, 'serve.mjs'), job], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text) => resolve(text.trim()));
    void ended.then((code) => reject(new Error(`The server ended with ${code}.`)));
  });
  const stop = async () => {
    child.kill();
    await ended;
  };
  return { url, key, stop };
}
