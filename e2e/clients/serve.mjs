/**
 * A rockpool server as a process of its own, on loopback: for clients that are other programs, and for load that must not share its event loop.
 *
 *   node e2e/clients/serve.mjs '{ "models": { NAME: { "folder": …, "load": {…}, "files": {…} } }, "options": {…} }'
 *
 * `folder` and `files` are model-folder.mjs's. Prints its URL once it listens; SIGTERM ends it when all is answered.
 */
import { createAdaptorServer } from '@hono/node-server';
import { modelFolder } from './model-folder.mjs';

const { LLM } = await import(new URL('../../dist/edge.js', import.meta.url).href);
const { createHandler } = await import(new URL('../../dist/server.js', import.meta.url).href);

/** Node's 511 connections that nobody has accepted yet are few while a batch is computed: the kernel drops others, and their clients wait for seconds. */
const BACKLOG = 4_096;

const { models, options = {} } = JSON.parse(process.argv[2]);
const served = {};
for (const [name, { folder, load = {}, files = {} }] of Object.entries(models)) {
  served[name] = await LLM.load(modelFolder(folder, files), { servedModelName: name, onLog: () => {}, ...load });
}
const handler = createHandler(served, options);
const server = createAdaptorServer({ fetch: (request) => handler(request) });
server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, () => console.log(`http://127.0.0.1:${server.address().port}`));

/** Asked by a parent that has started it with fork: what it holds, with its garbage collected if it runs with --expose-gc. */
process.on('message', () => {
  globalThis.gc?.();
  process.send(process.memoryUsage());
});

// A parent that crashed would leave this one running.
process.on('disconnect', () => process.exit(1));

process.on('SIGTERM', async () => {
  await handler.drain();
  server.closeAllConnections();
  process.exit(0);
});
