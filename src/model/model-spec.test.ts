import { describe, expect, test } from 'vitest';
import { checkDimensions } from './matryoshka.ts';
import type { ModelSpec } from './model-spec.ts';
import { checkPositions } from './open-model.ts';
import { type Given, bert, resolve, sentence } from './spec-for-tests.ts';

describe('the maximum length', () => {
  const roberta = { ...bert, architectures: ['RobertaModel'], model_type: 'roberta', max_position_embeddings: 514, pad_token_id: 1 };
  const qwen = { ...bert, architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', max_position_embeddings: 32768 };
  const bare = { architectures: ['X'], hidden_size: 8, vocab_size: 9 };
  test.each<[string, Given, number]>([
    ['is max_position_embeddings', {}, 512],
    ['is that of the tokenizer if smaller, for learned positions', { files: { tokenizerConfig: { model_max_length: 128 } } }, 128],
    ['is not that of the tokenizer if larger', { files: { tokenizerConfig: { model_max_length: 1e30 } } }, 512],
    ['is not that of the tokenizer for computed positions', { config: qwen, files: { tokenizerConfig: { model_max_length: 100 } } }, 32768],
    [
      'is that of the tokenizer if Sentence-Transformers 6 keeps it there',
      { config: qwen, files: { ...sentence().files, sentence: {}, tokenizerConfig: { model_max_length: 100 } } },
      100,
    ],
    ['is max_seq_length if smaller', { files: { sentence: { max_seq_length: 256, do_lower_case: false } } }, 256],
    ['is max_seq_length even if larger', { config: qwen, files: { sentence: { max_seq_length: 40_000 } } }, 40_000],
    [
      'is max_seq_length, not the tokenizer’s',
      { files: { sentence: { max_seq_length: 256 }, tokenizerConfig: { model_max_length: 128 } } },
      256,
    ],
    ['is the table’s where max_seq_length exceeds it', { files: { sentence: { max_seq_length: 1024 } } }, 512],
    ['ignores max_seq_length null', { files: { sentence: { max_seq_length: null } } }, 512],
    ['is 512 for RoBERTa’s 514', { config: roberta }, 512],
    [
      'is all of 8194 for rotary XLM-RoBERTa',
      { config: { ...roberta, model_type: 'xlm-roberta', position_embedding_type: 'rotary', max_position_embeddings: 8194 } },
      8194,
    ],
    ['is the smallest of the keys', { config: { ...qwen, seq_length: 1000, n_positions: 2000 } }, 1000],
    ['is read from text_config', { config: { ...bare, text_config: { max_position_embeddings: 77 } } }, 77],
    ['ignores -1', { config: { ...bare, max_position_embeddings: -1, seq_len: 300 } }, 300],
    ['is 2048 if nothing says', { config: bare }, 2048],
    ['is the caller’s if nothing says', { config: bare, maxModelLen: 4000 }, 4000],
    ['is the caller’s if smaller', { maxModelLen: 100 }, 100],
    ['follows hfOverrides', { hf: { max_position_embeddings: 64 } }, 64],
  ])('%s', (_, given, length) => {
    expect(resolve(given).maxModelLen).toBe(length);
  });

  test('above the derived one is vLLM’s error', () => {
    const files = { sentence: { max_seq_length: 256 } };
    expect(() => resolve({ files, maxModelLen: 512 })).toThrow(
      "User-specified max_model_len (512) is greater than the derived max_model_len (max_position_embeddings=256 or model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1",
    );
    expect(resolve({ files, maxModelLen: 256 }).maxModelLen).toBe(256);
  });

  test.each([0, -1, 1.5, NaN])('%d is refused', (maxModelLen) => {
    expect(() => resolve({ maxModelLen })).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('the rest of the files', () => {
  test('lower case, padding side and padding id', () => {
    expect(resolve()).toMatchObject({
      doLowerCase: false,
      paddingSide: 'right',
      padTokenId: 0,
      name: 'my-model',
      hiddenSize: 384,
      vocabSize: 30522,
    });
    const tokenizer = { added_tokens: [{ id: 7, content: '<pad>' }] };
    const files = {
      sentence: { do_lower_case: true },
      tokenizerConfig: { padding_side: 'left', pad_token: { content: '<pad>' } },
      tokenizer,
    };
    const config = { ...bert, pad_token_id: null };
    expect(resolve({ config, files })).toMatchObject({ doLowerCase: true, paddingSide: 'left', padTokenId: 7 });
    expect(resolve({ config: { ...bert, pad_token_id: -1 } }).padTokenId).toBe(0);
  });

  test('a padding token counts as one only if config.json names it, within the vocabulary', () => {
    expect(resolve().hasPadToken).toBe(true);
    const tokenizer = { added_tokens: [{ id: 7, content: '<pad>' }] };
    for (const pad_token_id of [null, -1, 30522, 1.5]) {
      const config = { ...bert, pad_token_id };
      expect(resolve({ config, files: { tokenizer, tokenizerConfig: { pad_token: '<pad>' } } })).toMatchObject({
        padTokenId: 7,
        hasPadToken: false,
      });
    }
    expect(resolve({ config: { ...bert, pad_token_id: undefined, text_config: { pad_token_id: 3 } } })).toMatchObject({
      padTokenId: 3,
      hasPadToken: true,
    });
  });

  test.each<[Record<string, unknown>, unknown]>([
    [{ num_attention_heads: 12 }, { kvHeads: 12, headDim: 32 }],
    [
      { num_attention_heads: 12, num_key_value_heads: 2 },
      { kvHeads: 2, headDim: 32 },
    ],
    [
      { num_attention_heads: 16, num_key_value_heads: 8, head_dim: 128 },
      { kvHeads: 8, headDim: 128 },
    ],
    [{ text_config: { num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256 } }, { kvHeads: 1, headDim: 256 }],
    [
      { n_head: 6, n_embd: 384 },
      { kvHeads: 6, headDim: 64 },
    ],
    [{ num_attention_heads: 7 }, null],
    [{}, null],
  ])('%j keeps keys and values of shape %j', (more, kvShape) => {
    expect(resolve({ config: { ...bert, ...more } }).kvShape).toEqual(kvShape);
  });

  test('adapters have names, and text-matching is the usual one', () => {
    const adapters = (lora_adaptations: unknown) => resolve({ config: { ...bert, lora_adaptations } });
    expect(resolve()).toMatchObject({ taskAdapters: null, defaultAdapter: null });
    expect(adapters(['a', 'text-matching', 'b'])).toMatchObject({ taskAdapters: ['a', 'text-matching', 'b'], defaultAdapter: 1 });
    expect(adapters(['a', 'b'])).toMatchObject({ defaultAdapter: 0 });
    for (const wrong of [[], 'a', [1], {}]) expect(() => adapters(wrong)).toThrow(/lora_adaptations is .*, not a list of names/);
  });

  test.each([
    ['hidden_size', { n_embd: 768 }, 768],
    ['hidden_size', { dim: 64 }, 64],
    ['hidden_size', { text_config: { hidden_size: 32 } }, 32],
  ])('%s is found in %j', (key, more, size) => {
    expect(resolve({ config: { ...bert, [key]: undefined, ...more } }).hiddenSize).toBe(size);
  });

  test.each(['architectures', 'hidden_size', 'vocab_size'])('a config.json without %s is refused, with the remedy', (key) => {
    expect(() => resolve({ config: { ...bert, [key]: undefined } })).toThrow(
      expect.objectContaining({
        code: 'model-file-invalid',
        message: expect.stringMatching(new RegExp(`config\\.json.*${key}.*hfOverrides`)),
      }),
    );
  });
});

describe('Matryoshka', () => {
  const any = () => resolve({ hf: { is_matryoshka: true } });
  const listed = () => resolve({ config: { ...bert, matryoshka_dimensions: [256, 128] } });
  const refuse = (spec: ModelSpec, dimensions: number, message: string) =>
    expect(() => checkDimensions(spec, dimensions)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));

  test('is declared by a list, or by a flag for any size', () => {
    expect(resolve()).toMatchObject({ isMatryoshka: false, matryoshkaDimensions: null });
    expect(any()).toMatchObject({ isMatryoshka: true, matryoshkaDimensions: null });
    expect(listed()).toMatchObject({ isMatryoshka: true, matryoshkaDimensions: [256, 128] });
    expect(resolve({ hf: { matryoshka_dimensions: [] } }).isMatryoshka).toBe(false);
    expect(() => resolve({ hf: { matryoshka_dimensions: [1.5] } })).toThrow(/matryoshka_dimensions/);
  });

  test('texts are vLLM’s', () => {
    for (const spec of [resolve(), any(), listed()]) {
      expect(() => checkDimensions(spec, null)).not.toThrow();
      expect(() => checkDimensions(spec, undefined)).not.toThrow();
    }
    refuse(
      resolve(),
      128,
      'Model "my-model" does not support matryoshka representation, changing output dimensions will lead to poor results.',
    );
    refuse(
      listed(),
      64,
      'Model "my-model" only supports [256, 128] matryoshka dimensions, use other output dimensions will lead to poor results.',
    );
    refuse(
      listed(),
      0,
      'Model "my-model" only supports [256, 128] matryoshka dimensions, use other output dimensions will lead to poor results.',
    );
    refuse(any(), 0, 'Dimensions must be greater than 0');
    refuse(any(), 385, "Model 'my-model' only supports dimensions in range [1, 384], got 385.");
    refuse(any(), 1.5, 'dimensions has to be a whole number, not 1.5.');
    refuse(any(), NaN, 'dimensions has to be a whole number, not NaN.');
    for (const dimensions of [1, 200, 384]) checkDimensions(any(), dimensions);
    checkDimensions(listed(), 128);
  });

  test('a default size is checked at load', () => {
    const hf = { is_matryoshka: true };
    expect(resolve({ hf, override: { dimensions: 32 } }).defaultDimensions).toBe(32);
    expect(() => resolve({ hf, override: { dimensions: 999 } })).toThrow('range [1, 384]');
  });
});

describe('the table of positions in the ONNX file', () => {
  const outline = (positions: number | null) => ({ externalFiles: [], quantizesActivations: false, positions });
  const roberta = { config: { ...bert, model_type: 'xlm-roberta', max_position_embeddings: 514, pad_token_id: 1 } };
  test.each<[Given, number | null]>([
    [{}, 512],
    [{}, null],
    [{ maxModelLen: 100 }, 100],
    [roberta, 514],
  ])('%j has room in %s', (given, positions) => expect(() => checkPositions(resolve(given), outline(positions))).not.toThrow());
  test.each<[Given, number, string]>([
    [{}, 511, 'allow 512 tokens, and its ONNX file has positions for 511. Set maxModelLen to 511 or less.'],
    [roberta, 513, 'allow 512 tokens, and its ONNX file has positions for 511.'],
  ])('%j has none in %d', (given, positions, message) => {
    expect(() => checkPositions(resolve(given), outline(positions))).toThrow(
      expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining(message) as unknown }),
    );
  });
});
