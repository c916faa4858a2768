import { describe, expect, test } from 'vitest';
import { architecturePooling } from './architecture-pooling.ts';
import { type Given, bert, logged, mean, modulesOf, pooler, resolve, sentence, st } from './spec-for-tests.ts';

describe('the pooler, field by field', () => {
  test.each<[string, Given, unknown[]]>([
    ['is that of modules.json', sentence(), ['MEAN', true, 'modules.json']],
    [
      'does not normalise if modules.json has Pooling and no Normalize',
      sentence(mean, ['Transformer', 'Pooling']),
      ['MEAN', false, 'modules.json'],
    ],
    ['is the override', { ...sentence(), override: { pooling_type: 'CLS', normalize: false } }, ['CLS', false, 'override']],
    [
      'takes only what the override sets',
      { ...sentence(), override: { pooling_type: null, normalize: false } },
      ['MEAN', false, 'modules.json'],
    ],
    [
      'keeps what the override leaves',
      { ...sentence(mean, ['Transformer', 'Pooling']), override: { seq_pooling_type: 'LAST' } },
      ['LAST', false, 'override'],
    ],
    ['reads use_activation as normalize', { override: { use_activation: false } }, ['CLS', false, 'architecture']],
    ['is the architecture’s, normalised, without modules.json', {}, ['CLS', true, 'architecture']],
    [
      'is the architecture’s if modules.json has no Pooling',
      { files: { modules: modulesOf(st('Transformer')) } },
      ['CLS', true, 'architecture'],
    ],
    ['is LAST for a decoder', { config: { ...bert, architectures: ['Qwen3ForCausalLM'] } }, ['LAST', true, 'architecture']],
    [
      'is ALL for a reward model that vLLM has no class for',
      { config: { ...bert, architectures: ['XForRewardModel'] } },
      ['ALL', true, 'architecture'],
    ],
    [
      'is STEP for a process-reward model',
      { config: { ...bert, architectures: ['Qwen2ForProcessRewardModel'] } },
      ['STEP', true, 'architecture'],
    ],
    ['may be ALL', { override: { pooling_type: 'ALL' } }, ['ALL', true, 'override']],
    ['follows hfOverrides', { hf: { architectures: ['GPT2Model'] } }, ['LAST', true, 'architecture']],
  ])('%s', (_, given, expected) => {
    expect(pooler(given)).toEqual(expected);
  });

  test.each([
    ['BertModel', 'CLS'],
    ['BertForSequenceClassification', 'CLS'],
    ['XLMRobertaModel', 'CLS'],
    ['ModernBertModel', 'CLS'],
    ['NomicBertModel', 'CLS'],
    ['GteNewModel', 'CLS'],
    ['HF_ColBERT', 'CLS'],
    ['BertForTokenClassification', 'ALL'],
    ['Qwen2ForRewardModel', 'ALL'],
    ['InternLM2ForRewardModel', 'ALL'],
    ['Qwen2ForProcessRewardModel', 'STEP'],
    ['EmbeddingGemma2Model', 'MEAN'],
    ['MistralModel', 'LAST'],
    ['Gemma3TextModel', 'LAST'],
  ])('%s is pooled by %s', (architecture, type) => {
    expect(architecturePooling(architecture)).toBe(type);
  });

  test('a guess by architecture is told', () => {
    resolve();
    expect(logged).toEqual([{ level: 'warning', message: expect.stringContaining('Pooling by CLS, the default of BertModel') }]);
    resolve(sentence());
    expect(logged).toEqual([]);
    // Its graph has the logits of a text.
    resolve({ config: { ...bert, architectures: ['BertForSequenceClassification'] } });
    expect(logged).toEqual([]);
  });
});
