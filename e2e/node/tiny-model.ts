/** Tiny models with random weights (e2e/models) for the tests in Node, and what a call on one came to. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLM, PoolingError, type LoadOptions } from 'rockpool/edge';
import type { ArchitectureCase, ArchitectureFixture } from '../oracle/architectures.ts';

export { randomFrom } from '../random.ts';

const root = join(import.meta.dirname, '../..');

/** `files`: what takes the place of the model's own. */
export function load(model: string, options: LoadOptions = {}, files: Readonly<Record<string, string>> = {}): Promise<LLM> {
  const read = async (path: string) => {
    if (Object.hasOwn(files, path)) return new Response(files[path]);
    const file = join(root, 'e2e/models', model, path);
    return existsSync(file) ? new Response(readFileSync(file)) : null;
  };
  return LLM.load(read, { servedModelName: model, onLog: () => {}, ...options });
}

/** A case that the reference implementations have answered. */
export function oracleCase(model: string, id: string): ArchitectureCase {
  const { cases } = JSON.parse(readFileSync(join(root, `e2e/oracle/fixtures/architectures/${model}.json`), 'utf8')) as ArchitectureFixture;
  const found = cases.find((one) => one.id === id);
  if (!found) throw new Error(`${model} has no case ${id}`);
  return found;
}

/** `ok`, or the code and the text of its error. */
export function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error: unknown) => (error instanceof PoolingError ? `${error.code}: ${error.message}` : `not a PoolingError: ${String(error)}`),
  );
}

/** Words of any language and shape, so many of them. */
export function wordsFrom(random: () => number, count: number): string {
  const words = [
    'the',
    'capital',
    'of',
    'France',
    'is',
    'Paris',
    'naïve',
    '你好',
    '🙂',
    'running',
    'unbelievable',
    '3.14',
    '—',
    'Straße',
    'and',
  ];
  return Array.from({ length: count }, () => words[Math.floor(random() * words.length)]!).join(' ');
}
