/** How the program ends when it is used wrongly or cannot begin, and what it says of itself. */
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killPrograms, rockpool, runtimes, tinyModel, type RuntimeName } from './cli-process.ts';

let folder: string;
let model: string;
let remove = async (): Promise<void> => {};

beforeAll(async () => {
  ({ folder, model, remove } = await tinyModel());
});

afterAll(async () => {
  killPrograms();
  await remove();
});

test('says at once that a port is in use', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  // The model is not looked at.
  const { code, err } = await rockpool(['serve', 'no/such/model', '--port', String(port)]);
  other.close();
  expect(code).toBe(1);
  expect(err).toBe(`rockpool: Port ${port} of 127.0.0.1 is in use. Choose another with --port, or any that is free with --port 0.\n`);
});

test.each([
  ['an unknown flag', ['serve', 'm', '--prot', '1'], 'rockpool serve has no flag --prot. Did you mean --port?'],
  ['a value that cannot be', ['serve', 'm', '--port', 'x'], '--port takes an integer'],
  ['a template that is none', ['serve', 'm', '--chat-template', '{{ bad'], '--chat-template: it cannot be read as Jinja'],
  ['no model', ['serve', '--port', '1'], 'Which model?'],
  ['no command', [], 'Which command?'],
  ['an unknown command', ['sreve'], 'There is no command "sreve". Did you mean serve?'],
])('ends with 2 for %s', async (_, args, message) => {
  const { code, out, err } = await rockpool(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`rockpool: ${message}`);
});

test('ends with 2 for an option that the model refuses, and with 1 for a model that is not there', async () => {
  const refused = await rockpool(['serve', model, '--port', '0', '--pooler-config.pooling_type', 'MEDIAN']);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('Unknown pooling_type "MEDIAN"')]);
  const empty = await mkdtemp(join(folder, 'empty-'));
  const missing = await rockpool(['serve', empty, '--port', '0']);
  expect([missing.code, missing.err]).toEqual([1, expect.stringMatching(/rockpool: .*config\.json/)]);
  const twice = await rockpool(['serve', model, model, '--port', '0', '--device', 'wasm']);
  expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('Two models are called "tiny-bert"')]);
});

test.each(Object.keys(runtimes) as RuntimeName[])('prints its version and its help under %s', async (runtime) => {
  const { version } = await import('../../package.json');
  expect(await rockpool(['--version'], { runtime })).toEqual({ code: 0, out: `rockpool ${version}\n`, err: '' });
  for (const args of [['--help'], ['serve', '--help'], ['embed', '-h']]) {
    const { code, out, err } = await rockpool(args, { runtime });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^rockpool[^]*Exit codes:\n {2}0 /);
  }
});
