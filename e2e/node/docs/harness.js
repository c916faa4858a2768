/**
 * Beside the programs of the documents, in Node and in the page: notes what was reached and what was printed. Models are loaded once for all programs, and the
 * server that the documents name `http://gpu:8000` is a handler here.
 */
import { LLM } from 'rockpool';
import { deleteIndex, listIndexes } from 'rockpool/search';
import { createHandler } from 'rockpool/server';

/** @typedef {{ name: string, expected: string, printed: string }} Print */
/** @typedef {{ reached: string[], ended: boolean, prints: Print[], error: string | null }} Report */

/** @type {Report} */
let report;
/** @type {Map<string, Promise<LLM>>} */
const loaded = new Map();

/** @param {() => Promise<unknown>} program */
export async function run(program) {
  report = { reached: [], ended: false, prints: [], error: null };
  await program().catch((reason) => (report.error = String(reason?.stack ?? reason)));
  // Each page finds an empty storage.
  for (const { name } of await listIndexes()) await deleteIndex(name);
  return report;
}

/** @param {string} name */
export function begin(name) {
  report.reached.push(name);
}

export function end() {
  report.ended = true;
}

/** @param {string} expected @param {...unknown} values */
export function printed(expected, ...values) {
  report.prints.push({ name: report.reached.at(-1) ?? '', expected, printed: values.map((value) => shown(value, true)).join(' ') });
}

/** As consoles show it. @param {unknown} value @param {boolean} [outermost] @returns {string} */
function shown(value, outermost = false) {
  if (typeof value === 'string') return outermost ? value : `'${value}'`;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map((one) => shown(one)).join(', ')} ]`;
  return String(value);
}

const load = LLM.load.bind(LLM);
const heads = { sections: 'models/heads/debian-sections' };
/** In place of models that do not come with rockpool: tiny ones of the same architecture, whose answers mean nothing. */
const standIns = new Map([
  ['Xenova/bert-base-NER', 'e2e/models/tiny-bert-token-classifier'],
  ['models/my-reward-model', 'e2e/models/tiny-qwen2-reward'],
]);
/** All that ask for MiniLM get one that has the head which some ask for. */
/** @type {any} */ (LLM).load = (/** @type {string} */ name, /** @type {Record<string, unknown>} */ options = {}) => {
  // The folder beside the page, or at the top of the site: it is the same here.
  const model = name.replace(/^\//, '');
  const { signal: _signal, onProgress: _onProgress, ...own } = options;
  const given = model.endsWith('all-MiniLM-L6-v2') ? { ...own, heads } : own;
  const key = JSON.stringify([model, given]);
  const llm = loaded.get(key) ?? load(standIns.get(model) ?? model, given);
  loaded.set(key, llm);
  return llm.then((one) => Object.assign(one, { dispose: async () => {} }));
};

const { fetch } = globalThis;
globalThis.fetch = async (...request) => {
  const asked = new Request(...request);
  if (!asked.url.startsWith('http://gpu:8000/')) return fetch(...request);
  const llm = await LLM.load('models/all-MiniLM-L6-v2');
  return createHandler({ 'all-MiniLM-L6-v2': /** @type {any} */ (llm) })(asked);
};
