/** In Deno or Bun: the servers under test on a free port, which it prints. */
import { LLM } from '../../../dist/edge.js';
import { createHandler } from '../../../dist/server.js';
import { fileOf, loadModels, serversOf } from '../servers.ts';

const { readFile } = process.getBuiltinModule('node:fs/promises');
const root = new URL('../../../', import.meta.url);
const read = (folder) => (path) =>
  readFile(new URL(fileOf(folder, path), root)).then(
    (bytes) => new Response(bytes),
    () => null,
  );
const loaded = await loadModels((folder, options) => LLM.load(read(folder), options));
const fetch = serversOf(loaded, createHandler);
const ready = ({ port }) => console.log(`http://127.0.0.1:${port}`);

if (globalThis.Deno) globalThis.Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ready }, fetch);
else ready(globalThis.Bun.serve({ port: 0, hostname: '127.0.0.1', fetch }));
