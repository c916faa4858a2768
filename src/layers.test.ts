/** Keeps the layer rule of docs/design.md, and its list: a file imports its own folder, or a lower layer. Third-party code has one door each. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = import.meta.dirname;
const LAYERS = [
  [
    'types.ts',
    'load-types.ts',
    'dom-types.ts',
    'pooling-types.ts',
    'shapes.ts',
    'errors.ts',
    'half.ts',
    'kinds.ts',
    'math.ts',
    'memory.ts',
    'pause.ts',
    'sha256.ts',
    'text-parts.ts',
    'within.ts',
  ],
  ['gpu', 'wire'],
  ['files', 'onnx', 'text', 'pooling', 'heads'],
  ['model'],
  ['pipeline', 'tasks'],
  ['engine'],
  ['facade'],
  ['server', 'remote', 'search'],
  ['adapters', 'edge'],
  [
    'index.ts',
    'edge.ts',
    'server.ts',
    'remote.ts',
    'search.ts',
    'local-fetch.ts',
    'ai-sdk.ts',
    'langchain.ts',
    'llamaindex.ts',
    'transformers.ts',
    'react.ts',
  ],
];
/** The facade talks to the engine through wire/ alone. */
const NEVER: Record<string, string[]> = {
  facade: ['engine', 'pipeline', 'tasks', 'pooling', 'heads', 'gpu', 'model', 'onnx', 'files', 'text'],
};
const DOORS: Record<string, string[]> = {
  '@langchain/core': [
    'adapters/langchain/embeddings.ts',
    'adapters/langchain/document-compressor.ts',
    'adapters/langchain/vector-store.ts',
  ],
  '@llamaindex/core': ['adapters/llamaindex/embedding.ts', 'adapters/llamaindex/reranker.ts'],
  react: ['react.ts'],
  rockpool: ['react.ts', 'transformers.ts'],
  'onnxruntime-web': ['onnx/session.ts', 'edge/ort.ts'],
  '@huggingface/tokenizers': ['text/tokenizer.ts'],
  '@huggingface/jinja': ['text/render-template.ts'],
  comlink: ['facade/live-worker.ts'],
  idb: ['search/storage/database.ts'],
  minisearch: ['search/keyword-index.ts'],
  hono: ['server/router.ts'],
  valibot: ['server/schemas/answers.ts', 'server/schemas/fields.ts', 'server/schemas/requests.ts', 'server/validation.ts'],
  '@valibot/to-json-schema': ['server/openapi.ts'],
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/\.test\.ts$|-for-tests\.ts$|\.d\.ts$/.test(file),
);
const withoutComments = (file: string) => readFileSync(resolve(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
const imports: Import[] = files.flatMap((from) =>
  [...withoutComments(from).matchAll(/(?:(import|export) (type )?[^;']*?from|import\s*\()\s*'([^']+)'/g)].map(([, , type, name]) => ({
    from,
    to: name!.startsWith('.') ? relative(src, resolve(src, dirname(from), name!.replace(/\?raw$/, ''))) : name!,
    typeOnly: type !== undefined,
  })),
);
const internal = imports.filter(({ to }) => files.includes(to));
const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);
const layerOf = (file: string) => LAYERS.findIndex((rooms) => rooms.includes(roomOf(file)));

/** Of the block in docs/design.md, lowest layer first. A line without a number goes on with the layer above it. */
function layersOfDesign(): string[][] {
  const [, section] = readFileSync(resolve(src, '../docs/design.md'), 'utf8').split('\n## Layers\n');
  const [, block] = section!.split('```');
  const layers: string[][] = [];
  for (const line of block!.trim().split('\n')) {
    const [, number, names] = /^(\d| ) {2}(\S+(?: {2}\S+)*) {3}/.exec(line) ?? [];
    if (number !== ' ') layers.unshift([]);
    layers[0]!.push(...(names ?? line).split('  ').map((name) => name.replace(/\/$/, '')));
  }
  return layers;
}

describe('layers', () => {
  test('are those of docs/design.md', () => {
    const sorted = (layers: string[][]) => layers.map((rooms) => [...rooms].sort());
    expect(sorted(layersOfDesign())).toEqual(sorted(LAYERS));
  });

  test('there are imports to look at', () => expect(internal.length).toBeGreaterThan(50));

  test('every file is on a layer', () => expect(files.filter((file) => layerOf(file) < 0)).toEqual([]));

  test('imports go downwards or stay in the folder', () => {
    const isComposition = (file: string) => layerOf(file) === LAYERS.length - 1;
    const wrong = internal.filter(
      ({ from, to }) =>
        roomOf(from) !== roomOf(to) &&
        layerOf(to) >= layerOf(from) &&
        !(layerOf(from) === 0 && layerOf(to) === 0) &&
        !(isComposition(from) && isComposition(to)),
    );
    expect(wrong).toEqual([]);
  });

  test('the facade never sees the engine', () => {
    expect(internal.filter(({ from, to }) => NEVER[roomOf(from)]?.includes(roomOf(to)))).toEqual([]);
  });

  test('there are no cycles', () => {
    const edges = new Map(
      files.map((file) => [file, internal.filter(({ from, typeOnly }) => from === file && !typeOnly).map(({ to }) => to)]),
    );
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (state.get(file) === 'open') cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (state.has(file)) return;
      state.set(file, 'open');
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('third-party code is imported through one door each', () => {
    const strangers = imports.filter(
      ({ to }) => !to.startsWith('.') && !to.includes('.ts') && !to.startsWith('node:') && !to.endsWith('.wgsl') && !to.endsWith('.wat'),
    );
    for (const { from, to } of strangers) {
      const name = Object.keys(DOORS).find((door) => to === door || to.startsWith(`${door}/`));
      expect(name && DOORS[name], `${from} imports ${to}`).toContain(from);
    }
  });

  test('nothing below the entries names a runtime', () => {
    const below = files.filter((file) => layerOf(file) < LAYERS.length - 1);
    const named = below.filter((file) => /\bprocess\.|\bDeno\.|\bBun\.|from 'node:/.test(withoutComments(file)));
    expect(named).toEqual([]);
  });
});
