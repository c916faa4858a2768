/**
 * MiniLM's vectors of the 5,200 packages' titles and bodies. Minutes to compute, so they stay in the user's cache folder, by what they were
 * made of.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LLM } from '../../dist/edge.js';
import { embedAll } from '../quality/embed-all.mjs';
import { packages } from '../quality/packages.mjs';

const model = new URL('../../models/all-MiniLM-L6-v2/', import.meta.url);
const madeOf = [
  new URL('onnx/model_quantized.onnx', model),
  new URL('tokenizer.json', model),
  new URL('../data/debian-packages.json.gz', import.meta.url),
];

/** Flat, row after row, in the order of the packages. */
export async function packageVectors() {
  const file = cacheFile();
  if (!existsSync(file)) {
    console.error(`Embedding ${packages.length} titles and bodies, once: they stay in ${file}.`);
    const llm = await LLM.load(model, { onLog: () => {} });
    const { titles, bodies } = await embedAll(llm);
    await llm.dispose();
    writeFileSync(`${file}.part`, Buffer.concat([titles, bodies].map(({ buffer }) => Buffer.from(buffer))));
    renameSync(`${file}.part`, file);
  }
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const all = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return { titles: all.subarray(0, all.length / 2), bodies: all.subarray(all.length / 2), width: all.length / 2 / packages.length };
}

function cacheFile() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rockpool-bench');
  mkdirSync(folder, { recursive: true });
  const hash = createHash('sha256');
  for (const url of madeOf) hash.update(readFileSync(url));
  return join(folder, `packages-${hash.digest('hex').slice(0, 16)}.f32`);
}
