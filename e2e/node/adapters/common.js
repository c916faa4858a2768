/** What the programs of this folder share. Each runs in a fresh app beside a framework, and tests rockpool through the framework's own functions. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { LLM, PoolingError } from 'rockpool/edge';

/** @type {{ models: string, texts: string[], expected: number[][], query: string, documents: string[], newest: boolean, transformers: string }} */
export const given = JSON.parse(/** @type {string} */ (process.argv[2]));

/**
 * @param {string} model A folder of e2e/models.
 * @param {import('rockpool/edge').LoadOptions} [options]
 */
export const load = (model, options) => LLM.load(join(given.models, model), { device: 'wasm', onLog: () => {}, ...options });

/** @param {import('rockpool/edge').ErrorCode} code */
export const fault = (code) => new PoolingError(code, `As if: ${code}.`);

/**
 * An LLM that counts the calls of one method, by how many texts each had, and fails the first few of them.
 *
 * @param {LLM} llm
 * @param {'embed' | 'rerank'} method
 * @param {{ error?: Error, failures?: number }} [faults]
 */
export function watched(llm, method, { error, failures = Infinity } = {}) {
  /** @type {number[]} */
  const calls = [];
  /** @param {any[]} args */
  const counted = async (...args) => {
    calls.push(args[method === 'embed' ? 0 : 1].length);
    if (error && calls.length <= failures) throw error;
    return /** @type {any} */ (llm)[method](...args);
  };
  const methods = { embed: llm.embed.bind(llm), rerank: llm.rerank.bind(llm), [method]: counted };
  return { calls, llm: { info: llm.info, embed: methods.embed, rerank: methods.rerank } };
}

/**
 * @param {readonly unknown[]} actual Numbers, or lists of them.
 * @param {readonly unknown[]} expected
 */
export function near(actual, expected, most = 1e-5) {
  const [a, b] = /** @type {number[][]} */ ([actual.flat(Infinity), expected.flat(Infinity)]);
  assert.equal(actual.length, expected.length);
  assert.equal(a.length, b.length);
  for (const [i, value] of b.entries())
    assert.ok(Math.abs(/** @type {number} */ (a[i]) - value) <= most, `${i}: ${a[i]} instead of ${value}`);
}

/**
 * The vectors as the LLM itself gives them.
 *
 * @param {Pick<LLM, 'embed'>} llm
 * @param {string[]} texts
 * @param {import('rockpool/edge').EmbedOptions} [options]
 */
export async function vectorsOf(llm, texts, options) {
  return (await llm.embed(texts, options)).map(({ outputs }) => [...outputs.embedding]);
}
