/** The table of docs/models.md to choose from: of the models here what their files say, of the others what the rules make of theirs. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve as pathOf } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownModels } from '../../src/model/known-models-for-tests.ts';
import { modelFamilies } from '../../src/model/model-families-for-tests.ts';
import { resolve } from '../../src/model/spec-for-tests.ts';
import { weightsFiles } from '../../src/model/dtype.ts';
import { modelsPage, row, rows } from './docs/models-page.ts';

const root = pathOf(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(pathOf(root, path), 'utf8');
const json = (path: string) => JSON.parse(read(path)) as Record<string, unknown>;
const choice = rows('Choose one').map((cells) => ({ ...cells, model: cells['model']!.slice(1, -1) }) as Record<string, string>);
const isHere = ({ model }: Record<string, string>) => existsSync(pathOf(root, model!));
const [here, elsewhere] = [choice.filter(isHere), choice.filter((one) => !isHere(one))];
const size = (bytes: number) => (bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`);
const names = ({ model }: Record<string, string>) => {
  const { 'ONNX file': file } = row('Where its ONNX file is', model!);
  return [...file!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
};

describe.each(here)('$model, which is here', (one) => {
  const folder = one['model']!;
  const weights = names(one).at(-1)!;

  test('is as large, and as free, as the table says', () => {
    expect(one['download']).toBe(size(statSync(pathOf(root, folder, weights)).size));
    const [, licence] = /^license: (.+)$/m.exec(read(`${folder}/README.md`))!;
    expect(one['licence']!.toLowerCase()).toBe(licence);
  });

  test('gives what the table says', () => {
    if (existsSync(pathOf(root, folder, 'head.json'))) {
      const { labels } = json(`${folder}/head.json`) as { labels: string[] };
      expect(one['dimensions']).toBe(`${labels.length} classes`);
    } else if (existsSync(pathOf(root, folder, '1_Pooling/config.json'))) {
      const pooling = json(`${folder}/1_Pooling/config.json`);
      expect(pooling).toMatchObject({ pooling_mode_mean_tokens: true, word_embedding_dimension: Number(one['dimensions']) });
      expect(one['pooling']).toBe('MEAN');
    } else {
      expect(json(`${folder}/config.json`)['num_labels']).toBe(1);
      expect([one['task'], one['pooling']]).toEqual(['rerank', 'in the graph']);
    }
  });
});

describe.each(elsewhere)('$model, from the hub', (one) => {
  const model = one['model']!;
  const known = { ...modelFamilies, ...knownModels }[model]!;

  test('is pooled as its files say', () => {
    const spec = resolve(known);
    expect(one['pooling']).toBe(spec.kind === 'classify' ? 'in the graph' : spec.pooler.pooling_type);
    expect(one['task']).toBe(spec.kind === 'classify' ? 'rerank' : 'embed');
    // The families' widths are placeholders.
    if (model in knownModels && spec.kind !== 'classify') expect(one['dimensions']!.split(',')[0]).toBe(String(spec.embeddingSize));
  });

  test('has a file that rockpool looks for', () => {
    const path = names(one).at(-1)!;
    const dtype = path.endsWith('_int8.onnx') ? 'int8' : null;
    expect(weightsFiles(dtype).map((file) => file.path)).toContain(path);
  });
});

/** As another table has them beside the file's name, or the prose: "ms-marco-MiniLM-L6-v2 23,200,716". Null where no public code pins them. */
function bytesOf(model: string): number | null {
  const [inTable] = rows('Which file, and which test').filter((cells) => cells['model'] === `\`${model}\``);
  const [, inProse] = new RegExp(`${model.split('/')[1]} (\\d+,\\d+,\\d+)`).exec(modelsPage.split('Sizes of q8 files')[1]!) ?? [];
  const bytes = inTable?.['its bytes'] ?? inProse;
  return bytes === undefined ? null : Number(bytes.replaceAll(',', ''));
}
const pinned = elsewhere.filter(({ model }) => bytesOf(model!) !== null);

test('six sizes are those of files whose bytes are known', () => {
  expect(pinned.map(({ download }) => download)).toEqual(pinned.map(({ model }) => size(bytesOf(model!)!)));
  expect(pinned).toHaveLength(6);
});

const named = elsewhere.filter(({ model }) => rows('Which file, and which test').some((cells) => cells['model'] === `\`${model}\``));

test.each(named)('the file of $model is the one that the page names elsewhere', (one) => {
  for (const name of names(one)) expect(row('Which file, and which test', one['model']!)['ONNX file']).toContain(name);
});

test('what the page says to set where modules.json is lacking gives the pooling of the table', () => {
  const said = modelsPage.split('\n## ')[1]!;
  for (const [model, set] of [
    ['intfloat/multilingual-e5-small', "{ pooling_type: 'MEAN' }"],
    ['Qwen/Qwen3-Embedding-0.6B', "{ pooling_type: 'LAST', normalize: true }"],
    ['BAAI/bge-m3', null],
  ] as const) {
    const known = { ...modelFamilies, ...knownModels }[model]!;
    if (set) expect(said).toContain(set);
    const override = set ? { pooling_type: /'(\w+)'/.exec(set)![1]!, ...(set.includes('normalize') && { normalize: true }) } : {};
    const bare = resolve({ ...known, files: { ...known.files, modules: null }, override });
    const spec = resolve(known);
    expect([bare.kind, bare.pooler.pooling_type, bare.pooler.normalize, bare.embeddingSize]).toEqual([
      'embed',
      spec.pooler.pooling_type,
      spec.pooler.normalize,
      spec.embeddingSize,
    ]);
  }
});

test('there are models to choose from for each task', () => {
  expect(here).toHaveLength(3);
  expect(modelsPage).toContain('The first three are run here');
  expect(choice.slice(0, 3)).toEqual(here);
  expect(new Set(choice.map(({ task }) => task!.split(',')[0]))).toEqual(new Set(['embed', 'rerank', 'classify']));
});
