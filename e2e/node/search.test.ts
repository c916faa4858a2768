/** rockpool/search as built, where nothing can be stored: Node, Deno and Bun. An index lives in memory, says so, and goes through a file. */
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from './processes.ts';
import { runtimes } from './runtimes.ts';

const root = resolve(import.meta.dirname, '../..');
const documents = [
  { id: 'cat', text: 'A cat sleeps in the sun.' },
  { id: 'tax', text: 'Taxes are due in April.', metadata: { month: 4 } },
  { id: 'train', text: 'The night train leaves from platform nine.' },
];

describe.each(Object.entries(runtimes))('%s', (_, runtime) => {
  test('has an index in memory, and files of it', { timeout: 60_000 }, async () => {
    const [command, ...args] = runtime();
    const job = JSON.stringify({ model: join(root, 'models/all-MiniLM-L6-v2'), documents, query: 'money for the state' });
    const { stdout, lingered } = await run(command, [...args, join(import.meta.dirname, 'runtimes/search.mjs'), job], {
      cwd: root,
      limit: 60_000,
    });
    expect(lingered).toBeLessThan(5_000);
    const { told, hits, ...rest } = JSON.parse(stdout) as { told: string[]; hits: { id: string; metadata: object }[][] };
    expect(told).toEqual([expect.stringMatching(/^The index "notes" lives in memory/)]);
    expect(rest).toEqual({ saved: 'storage-unavailable', storage: { kind: 'memory', name: null }, listed: [], deleted: false });
    expect(hits[0]).toMatchObject([{ id: 'tax', metadata: { month: 4 } }]);
    expect(hits[1]).toEqual(hits[0]);
  });
});
