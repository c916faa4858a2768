/**
 * The packed package beside each framework that it has an adapter for, in fresh apps: one with the newest versions, one with the major versions
 * before. The tests themselves are the programs in `adapters/`, which use the frameworks as their users do; TypeScript checks them too.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expected, type Fixture } from '../oracle/fixtures.ts';
import { texts } from './oracle-texts.ts';
import { run, tempFolder } from './processes.ts';
import { BRIEF } from './runtimes.ts';

const root = resolve(import.meta.dirname, '../..');
const programs = ['ai-sdk', 'langchain', 'langchain-store', 'llamaindex', 'transformers', 'react'];
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** `ai` 7 is for Node 22 and newer; npm has Node as a package of each platform's. */
const modern = Number(process.versions.node.split('.')[0]) >= 22 ? null : `node-${process.platform}-${process.arch}`;

const apps = [
  {
    name: 'newest',
    node: (folder: string) => (modern ? join(folder, 'node_modules', modern, 'bin/node') : process.execPath),
    transformers: () => join(root, 'node_modules/@huggingface/transformers/dist/transformers.node.mjs'),
    dependencies: {
      ai: '7.0.173',
      '@langchain/core': '1.4.0',
      '@langchain/classic': '1.0.50',
      llamaindex: '0.12.1',
      react: '19.3.1',
      'react-test-renderer': '19.3.1',
      '@types/react': '19.2.2',
      '@types/react-test-renderer': '19.1.0',
      ...(modern && { [modern]: '24.21.0' }),
    },
    // llamaindex names the version before as its own.
    overrides: { '@llamaindex/core': '0.6.23' },
  },
  {
    name: 'before',
    node: () => process.execPath,
    transformers: (folder: string) => join(folder, 'node_modules/@huggingface/transformers/dist/transformers.node.mjs'),
    dependencies: {
      ai: '6.0.326',
      '@langchain/core': '0.3.80',
      // Its name until then.
      '@langchain/classic': 'npm:langchain@0.3.37',
      // With @llamaindex/core 0.5.8.
      llamaindex: '0.9.11',
      '@huggingface/transformers': '3.8.1',
      react: '18.3.1',
      'react-test-renderer': '18.3.1',
      '@types/react': '18.3.12',
      '@types/react-test-renderer': '18.3.0',
    },
    overrides: {},
  },
];

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  target: 'es2023',
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  types: ['node'],
};

let temp: Awaited<ReturnType<typeof tempFolder>>;
let tarball: string;
let input: object;

beforeAll(async () => {
  temp = await tempFolder();
  const [packed] = JSON.parse((await run('npm', ['pack', '--json', '--pack-destination', temp.path], { cwd: root })).stdout);
  tarball = join(temp.path, packed.filename);
  const models = join(temp.path, 'models');
  await cp(join(root, 'e2e/models'), models, { recursive: true });
  await cp(join(root, 'models/all-MiniLM-L6-v2/tokenizer.json'), join(models, 'tiny-bert/tokenizer.json'));
  const all = JSON.parse(await readFile(join(root, 'e2e/oracle/texts.json'), 'utf8')) as Record<string, string>;
  const { cases } = JSON.parse(await readFile(join(root, 'e2e/oracle/fixtures/tiny-bert.json'), 'utf8')) as Fixture;
  const plain = texts.map((text) => cases.find(({ id }) => id.startsWith('plain/') && all[id.slice('plain/'.length)] === text)!);
  input = {
    models,
    texts,
    expected: plain.map((one) => [...expected(one)]),
    query: 'What is the capital of France?',
    documents: ['The capital of Brazil is Brasilia.', 'The capital of France is Paris.', 'Horses eat grass.', 'Paris has museums.'],
  };
}, 180_000);

afterAll(() => temp.remove());

describe.each(apps)('With the $name versions', ({ name, node, transformers, dependencies, overrides }) => {
  let folder: string;

  beforeAll(async () => {
    folder = join(temp.path, name);
    await cp(join(import.meta.dirname, 'adapters'), folder, { recursive: true });
    const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const devTypes = { '@types/node': devDependencies['@types/node'] };
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({
        private: true,
        type: 'module',
        dependencies: { ...dependencies, ...devTypes, rockpool: `file:${tarball}` },
        overrides,
      }),
    );
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, limit: 300_000 });
  }, 300_000);

  test.each(programs)('rockpool/%s', { timeout: 120_000 }, async (program) => {
    const given = JSON.stringify({ ...input, newest: name === 'newest', transformers: pathToFileURL(transformers(folder)).href });
    const { stdout } = await run(node(folder), [BRIEF, '--test-reporter=spec', `${program}.js`, given], { cwd: folder, limit: 120_000 });
    expect(stdout).toMatch(/pass [1-9]/);
    expect(stdout).toMatch(/fail 0\b/);
  });

  test('the types fit, and those of rockpool are right', { timeout: 120_000 }, async () => {
    const files = programs.map((program) => `${program}.js`);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: false }, files }));
    const printed = await run(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder, limit: 120_000 }).then(
      ({ stdout }) => stdout,
      String,
    );
    const found = printed.split('\n').filter((line) => line.includes('error TS'));
    if (found.length === 0) expect(printed).toBe('');
    // The frameworks' own declarations are not faultless.
    expect(found.filter((line) => !/^node_modules\/(?!rockpool\/)/.test(line))).toEqual([]);
  });
});
