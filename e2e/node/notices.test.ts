/** The licences that go along with dist/, by what the source maps say that its files are made of. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { noticesOf } from '../../scripts/notices.mjs';
import { tempFolder } from './processes.ts';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const notices = readFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
const sources = readdirSync(dist)
  .filter((file) => file.endsWith('.js.map'))
  .flatMap((file) => (JSON.parse(readFileSync(join(dist, file), 'utf8')) as { sources: string[] }).sources);
const bundled = [...new Set(sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []))].sort();

test('hold each package that is bundled, and no other', () => {
  const named = [...notices.matchAll(/^={80}\n\n(\S+) \S+ \(/gm)].map(([, name]) => name);
  expect(named).toEqual(bundled);
  // Of each way a licence can come: its own file, and ours where there is none.
  expect(named).toEqual(expect.arrayContaining(['minisearch', 'onnxruntime-web']));
});

test.each(bundled)('have whose %s is, and the terms', (name) => {
  const [text = ''] = notices.split(/^={80}\n/m).filter((one) => one.startsWith(`\n${name} `));
  expect(text).toMatch(/Copyright( \(c\)| ©)? .*\w/i);
  expect(text).toMatch(/Permission is hereby granted|Permission to use, copy, modify|Apache License\s+Version 2\.0/);
});

test('cannot be made where a text is missing, which is named', async () => {
  const { path, remove } = await tempFolder();
  const folder = join(path, 'node_modules/@some/one');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: '@some/one', version: '1.0.0', license: 'MIT' }));
  await expect(noticesOf([join(folder, 'index.js')])).rejects.toThrow('@some/one is bundled, and holds no text of its licence');
  await writeFile(join(folder, 'LICENCE.md'), 'Do as you please.');
  await writeFile(join(folder, 'NOTICE'), 'With regards.');
  const made = await noticesOf([join(folder, 'a.js'), join(folder, 'lib/b.js'), '/our/own.ts', '\0rolldown/runtime.js']);
  expect(made).toMatch(/\n\n@some\/one 1\.0\.0 \(MIT\)\n\nDo as you please\.\n\nWith regards\.\n$/);
  expect(made.match(/@some\/one/g)).toHaveLength(1);
  await remove();
});
