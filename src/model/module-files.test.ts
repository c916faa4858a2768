import { describe, expect, test } from 'vitest';
import { openModel } from './open-model.ts';
import { base } from '../files/request-for-tests.ts';
import { safetensors } from '../files/safetensors-for-tests.ts';

/** A model's files by path, and what was asked for. */
function modelOf(more: Readonly<Record<string, string | Buffer>>) {
  const requests: string[] = [];
  const files: Readonly<Record<string, string | Buffer>> = {
    'config.json': '{"architectures":["BertModel"],"model_type":"bert","hidden_size":8,"vocab_size":100,"max_position_embeddings":512}',
    'tokenizer.json': '{"model":{}}',
    '1_Pooling/config.json': '{"pooling_mode":"mean"}',
    ...more,
  };
  const read = async (path: string) => {
    requests.push(path);
    const file = files[path];
    return file === undefined ? null : new Response(new Uint8Array(Buffer.from(file as string)));
  };
  return { requests, open: () => openModel({ ...base, source: { kind: 'function', key: 'm', read } }, { log: () => {} }) };
}

describe('modules with files of their own', () => {
  const modules = JSON.stringify(
    [
      ['Transformer', ''],
      ['Pooling', '1_Pooling'],
      ['Dense', '2_Dense'],
    ].map(([kind, path]) => ({ type: `a.${kind}`, path })),
  );
  const files = {
    'modules.json': modules,
    '2_Dense/config.json': '{"in_features":8,"out_features":2,"bias":false,"activation_function":"torch.nn.modules.activation.Tanh"}',
  };

  test('a Dense has its weights in safetensors', async () => {
    const weight = Array.from({ length: 16 }, (_, i) => i / 4);
    const tensors = safetensors({ 'linear.weight': { shape: [2, 8], values: weight } });
    const { spec } = await modelOf({ ...files, '2_Dense/model.safetensors': tensors }).open();
    expect(spec).toMatchObject({ embeddingSize: 2, hiddenSize: 8 });
    expect(spec.head).toEqual([
      { kind: 'dense', inputs: 8, outputs: 2, weight: Float32Array.from(weight), bias: null, activation: 'tanh' },
    ]);
  });

  test('without safetensors it is refused, with what to do', async () => {
    await expect(modelOf({ ...files, '2_Dense/pytorch_model.bin': 'PK' }).open()).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(
        /^2_Dense\/model\.safetensors is missing: .* a\.Dense needs its weights\..* convert it to safetensors/,
      ),
    });
  });

  test('what is no safetensors file is named', async () => {
    await expect(modelOf({ ...files, '2_Dense/model.safetensors': 'version https://git-lfs.github.com' }).open()).rejects.toMatchObject({
      code: 'model-file-invalid',
      message: expect.stringContaining('2_Dense/model.safetensors'),
    });
  });

  test('a module that is not supported is refused before the files of its neighbours are asked for', async () => {
    const list = '[{"type":"a.Transformer","path":""},{"type":"a.LSTM","path":"1_LSTM"},{"type":"a.Pooling","path":"2_Pooling"}]';
    const { requests, open } = modelOf({ 'modules.json': list });
    await expect(open()).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('Module 1 of modules.json, a.LSTM'),
    });
    expect(requests).toContain('modules.json');
    expect(requests.filter((path) => path.includes('_Pooling'))).toEqual([]);
  });
});
