/**
 * rockpool on Deno: `deno run --allow-read --allow-net server.js FOLDER [PORT] [DEVICE] [ADDRESS]`. The device: `auto` (WebGPU where a hardware adapter
 * computes rightly, else WebAssembly), `webgpu` or `wasm`. The address: this machine alone, unless another is given.
 */
import { LLM } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';

const [folder = 'model', port = '8000', device = 'auto', hostname = '127.0.0.1'] = Deno.args;
const llm = await LLM.load(folder, { device });
const handler = createHandler(llm);
const server = Deno.serve({ port: Number(port), hostname }, handler);
console.log(`${llm.info.model} on ${llm.info.device}`);

/** What is under way is answered first. */
Deno.addSignalListener('SIGTERM', async () => {
  await handler.drain();
  await server.shutdown();
  await llm.dispose();
  Deno.exit();
});
