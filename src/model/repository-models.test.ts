import { readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { LoadProgress, LogEntry } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { openModel } from './open-model.ts';
import { base } from '../files/request-for-tests.ts';

const root = new URL('../../', import.meta.url);
describe('the models of this repository', () => {
  const folder = (path: string): LoadRequest['source'] => ({
    kind: 'function',
    key: path,
    read: async (file) => {
      const place = new URL(`${path}/${file}`, root);
      return (await stat(place).catch(() => null)) ? new Response(await readFile(place)) : null;
    },
  });

  test('all-MiniLM-L6-v2 is what its files say', async () => {
    const events: LoadProgress[] = [];
    const logged: LogEntry[] = [];
    const hooks = { onProgress: (event: LoadProgress) => events.push(event), log: (entry: LogEntry) => logged.push(entry) };
    const model = await openModel({ ...base, source: folder('models/all-MiniLM-L6-v2') }, hooks);
    expect(model.spec).toEqual({
      name: 'm',
      sourceName: 'm',
      architecture: 'BertModel',
      kind: 'embed',
      task: null,
      hiddenSize: 384,
      embeddingSize: 384,
      vocabSize: 30522,
      padTokenId: 0,
      hasPadToken: true,
      maxModelLen: 256,
      firstPosition: 0,
      doLowerCase: false,
      paddingSide: 'right',
      pooler: { pooling_type: 'MEAN', normalize: true, source: 'modules.json' },
      normalizeTokens: true,
      poolingTypes: ['MEAN'],
      includePrompt: true,
      head: [],
      lateInteraction: false,
      stepTagId: null,
      returnedTokenIds: null,
      numLabels: 0,
      labels: null,
      classifierActivation: 'identity',
      useActivation: true,
      logitMean: null,
      logitSigma: null,
      tokenHead: null,
      scoreTemplate: null,
      prompts: {},
      defaultPromptName: null,
      taskAdapters: null,
      defaultAdapter: null,
      kvShape: { kvHeads: 12, headDim: 32 },
      defaultDimensions: null,
      enableChunkedProcessing: false,
      maxEmbedLen: null,
      isMatryoshka: false,
      matryoshkaDimensions: null,
    });
    expect(model.tokenizerJson).toHaveProperty('model');
    expect(model.tokenizerConfig).toHaveProperty('tokenizer_class', 'BertTokenizer');
    const weights = await model.loadWeights();
    expect(weights).toMatchObject({ dtype: 'q8', path: 'onnx/model_quantized.onnx', external: [] });
    expect(weights.onnx.length).toBe(26_075_683);
    expect(events.at(-1)).toMatchObject({ file: 'onnx/model_quantized.onnx', fileLoaded: 26_075_683, fromCache: true });
    expect(logged).toEqual([]);
    expect((await model.loadWeights()).onnx.length).toBe(weights.onnx.length);
  });

  test('tiny-bert comes with its external data', async () => {
    const tokenizer = await readFile(new URL('models/all-MiniLM-L6-v2/tokenizer.json', root));
    const source = folder('e2e/models/tiny-bert');
    if (source.kind !== 'function') throw new Error('unreachable');
    const read = async (path: string) => (path === 'tokenizer.json' ? new Response(tokenizer) : source.read(path));
    const model = await openModel({ ...base, dtype: 'q4', source: { ...source, read } }, { log: () => {} });
    const weights = await model.loadWeights();
    expect(weights.external.map(({ path }) => path)).toEqual(['model_q4.onnx_data']);
    expect(weights.external[0]?.data.length).toBeGreaterThan(100_000);
  });
});
