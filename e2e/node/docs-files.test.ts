/** What docs/models.md and docs/conformance.md say is what the code gives, and every test and file that the documents name is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve as pathOf } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownModels, type KnownModel } from '../../src/model/known-models-for-tests.ts';
import { modelFamilies } from '../../src/model/model-families-for-tests.ts';
import type { ModelSpec } from '../../src/model/model-spec.ts';
import { FORMATS, fileSize, fitting, parametersOf } from '../../src/model/parameters-for-tests.ts';
import { resolve } from '../../src/model/spec-for-tests.ts';
import { row } from './docs/models-page.ts';
import { chooseOutputs } from '../../src/onnx/graph-outputs.ts';
import { routesOf } from '../../src/tasks/route.ts';
import { tasksOf } from '../../src/tasks/choose-route.ts';

const root = pathOf(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(pathOf(root, path), 'utf8');
const list = (values: readonly unknown[] | null) => values?.join(', ') || '–';
const served = (spec: ModelSpec, { outputs }: KnownModel) => ({ spec, routes: routesOf(spec, chooseOutputs(outputs)), heads: {} });
/** How a text's vector is made of its states. A graph with logits does that itself, and so may one with a vector. */
function pooling(spec: ModelSpec, { outputs }: KnownModel): string {
  if (spec.tokenHead) return 'LAST';
  const isDone = spec.kind === 'classify' || spec.kind === 'token_classify' || chooseOutputs(outputs).pooled !== null;
  return isDone ? 'in the graph' : spec.pooler.pooling_type;
}
function activation(spec: ModelSpec): string {
  if (!spec.useActivation) return 'identity';
  return spec.numLabels === 0 ? '–' : spec.classifierActivation;
}
const megabytes = (bytes: number) => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

describe('docs/models.md', () => {
  test.each(Object.entries(knownModels))('says what becomes of %s', (name, model) => {
    const spec = resolve(model);
    const isVector = spec.kind === 'embed' || spec.kind === 'causal_lm';
    expect(row('What rockpool makes of their files', name)).toEqual({
      model: `\`${name}\``,
      pooling: pooling(spec, model),
      'says who': isVector || spec.kind === 'reward' ? spec.pooler.source : '–',
      vector: isVector ? `${spec.embeddingSize}${spec.pooler.normalize ? ', unit length' : ''}` : '–',
      'most tokens': String(spec.maxModelLen),
      tasks: list(tasksOf(served(spec, model))),
      activation: activation(spec),
      prompts: list(Object.keys(spec.prompts)),
      dimensions: list(spec.matryoshkaDimensions),
    });
  });

  test.each(Object.entries(knownModels))('counts the size of %s', (name, { config = {} }) => {
    const text = config['text_config'] as Record<string, unknown> | undefined;
    const parameters = parametersOf({ ...config, ...text });
    const cells = row('What they cost', name);
    const total = (parameters.tables + parameters.rest) / 1e6;
    expect(cells).toMatchObject({
      parameters: total < 1000 ? `${Math.round(total)} M` : `${(total / 1000).toFixed(1)} B`,
      'fits a tab': list(fitting(parameters)),
      ...Object.fromEntries(FORMATS.map((format) => [format, megabytes(fileSize(parameters, format))])),
    });
  });

  test.each(Object.entries(modelFamilies))('says how %s is pooled', (name, model) => {
    const spec = resolve(model);
    const bare = resolve({ ...model, files: { ...model.files, modules: null } });
    expect(row('Families that people run as ONNX', name)).toMatchObject({
      class: spec.architecture,
      'pooling by its files': pooling(spec, model),
      'without modules.json': pooling(bare, model) === pooling(spec, model) ? 'the same' : `**${pooling(bare, model)}**`,
      tasks: list(tasksOf(served(spec, model))),
      activation: activation(spec),
    });
  });
});

/** `file › name of a test`, or `tiny model › case of its fixture`, with * for any ending. */
const citations = ['docs/models.md', 'docs/conformance.md'].flatMap((path) =>
  [...read(path).matchAll(/`([^`\n]+?) › ([^`\n]+)`/g)].map(([, place, name]) => ({ path, place: place!, name: name! })),
);

describe('tests that the documents name', () => {
  test('are many', () => expect(citations.length).toBeGreaterThan(60));

  test.each(citations)('$path: $place › $name', ({ place, name }) => {
    if (!place.includes('.')) {
      const { cases } = JSON.parse(read(`e2e/oracle/fixtures/architectures/${place}.json`)) as { cases: { id: string }[] };
      const isIt = ({ id }: { id: string }) => (name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name);
      return expect(cases.some(isIt)).toBe(true);
    }
    const source = read(place);
    expect(["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`))).toBe(true);
  });

  test.each([
    ...new Set(
      ['docs/models.md', 'docs/conformance.md'].flatMap(
        (path) => read(path).match(/`(?:src|e2e|docs|scripts|bench)\/[\w./-]+\.\w+`/g) ?? [],
      ),
    ),
  ])('%s is there', (path) => expect(existsSync(pathOf(root, path.slice(1, -1)))).toBe(true));
});

test('docs/search.md quotes what docs/quality.md has of a reranker behind rockpool/search', () => {
  const [, section] = read('docs/quality.md').split('\nThe same through `rockpool/search`');
  const percents = (mode: string) => {
    const line = section!.split('\n').find((one) => one.startsWith(`| ${mode}`));
    const cells = (line ?? '').replaceAll('**', '').split('|').slice(-3, -1);
    return cells.map((cell) => (100 * Number(cell)).toFixed(1));
  };
  const [first, ten] = percents('**hybrid**');
  const [firstRead, tenRead] = percents('hybrid, its first 20 re-ordered');
  const [, reranking] = read('docs/search.md').split('\n### Read again by a cross-encoder\n');
  const quoted = reranking!.split('\n### ')[0]!.match(/[\d.]+(?= %)/g);
  expect(quoted).toEqual([firstRead, first, tenRead, ten]);
});

describe('source files that docs/design.md names', () => {
  const sources = readdirSync(pathOf(root, 'src'), { recursive: true, encoding: 'utf8' });
  const names = [...new Set(read('docs/design.md').match(/[\w./*-]+\.(?:ts|wgsl)\b/g))];
  test('are many', () => expect(names.length).toBeGreaterThan(20));

  test.each(names)('%s is there', (name) => {
    const isThere = existsSync(pathOf(root, name)) || sources.some((file) => file === name || file.endsWith(`/${name}`));
    expect(isThere).toBe(true);
  });
});

describe('CHANGELOG.md', () => {
  const { version, exports } = JSON.parse(read('package.json')) as { version: string; exports: Record<string, unknown> };
  const [latest] = read('CHANGELOG.md').split(/^## /m).slice(1);

  test('begins with the version that is being worked on', () =>
    expect(latest).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')}\\b`)));

  const entries = Object.keys(exports).filter((entry) => !/worker|package\.json/.test(entry));
  test.each(entries)('the first version names %s', (entry) => expect(latest).toContain(`\`${entry.replace('.', 'rockpool')}\``));
});
