/** The outputs of the exports that people use -> which is what. */
import { expect, test } from 'vitest';
import type { Dimension, ElementType } from './graph-values.ts';
import { chooseOutputs, graphOutputs } from './graph-outputs.ts';

type Declared = [name: string, dims: Dimension[] | null, type?: ElementType | null];
const outputsOf = (...values: Declared[]) =>
  graphOutputs(
    values.map(([name, dims, type = 'float32']) => ({ name, type, dims })),
    'sequence_length',
  );
const chosen = (...values: Declared[]) => {
  const { states, pooled, logits } = chooseOutputs(outputsOf(...values));
  return [states, pooled, logits].map((output) => output?.name ?? null);
};
const perToken = (width: Dimension = 384): Dimension[] => ['batch_size', 'sequence_length', width];
const perText = (width: Dimension = 384): Dimension[] => ['batch_size', width];

test.each<[string, Declared[], (string | null)[]]>([
  ['Xenova/*: transformers’ states', [['last_hidden_state', perToken()]], ['last_hidden_state', null, null]],
  [
    'BERT with its pooler, which is no embedding',
    [
      ['last_hidden_state', perToken()],
      ['pooler_output', perText()],
    ],
    ['last_hidden_state', null, null],
  ],
  [
    'states without a known name beside a pooler',
    [
      ['output_0', perToken()],
      ['1607', perText()],
    ],
    ['output_0', null, null],
  ],
  [
    'optimum, Sentence-Transformers',
    [
      ['token_embeddings', perToken()],
      ['sentence_embedding', perText()],
    ],
    ['token_embeddings', 'sentence_embedding', null],
  ],
  [
    'embeddinggemma',
    [
      ['last_hidden_state', perToken(768)],
      ['sentence_embedding', perText(768)],
    ],
    ['last_hidden_state', 'sentence_embedding', null],
  ],
  [
    'jina-embeddings-v3: text_embeds are token rows',
    [
      ['text_embeds', perToken(1024)],
      ['13049', perText(1024)],
    ],
    ['text_embeds', null, null],
  ],
  [
    'a text tower of CLIP',
    [
      ['text_embeds', perText(512)],
      ['last_hidden_state', null],
    ],
    [null, 'text_embeds', null],
  ],
  ['a pooler alone', [['pooler_output', perText()]], [null, 'pooler_output', null]],
  ['one pooled output without a known name', [['embedding', perText()]], [null, 'embedding', null]],
  [
    'two without known names',
    [
      ['a', perText()],
      ['b', perText()],
    ],
    [null, null, null],
  ],
  [
    'bge-m3 with every kind of vector',
    [
      ['dense_vecs', perText(1024)],
      ['sparse_vecs', ['batch_size', 'token', 'weight']],
      ['colbert_vecs', ['batch_size', 'token', 1024]],
    ],
    [null, 'dense_vecs', null],
  ],
  [
    'a vector and the weights of its tokens',
    [
      ['dense', perText(1024)],
      ['weights', ['batch_size', 'sequence_length']],
    ],
    [null, 'dense', null],
  ],
  ['ColBERT by pylate', [['output', perToken(96)]], ['output', null, null]],
  [
    'a decoder',
    [
      ['last_hidden_state', perToken(1024)],
      ['present.0.key', ['batch_size', 8, 'total', 128]],
      ['present.0.value', ['batch_size', 8, 'total', 128]],
    ],
    ['last_hidden_state', null, null],
  ],
  [
    'a decoder with its LM head',
    [
      ['logits', perToken(151936)],
      ['present.0.key', ['batch_size', 8, 'total', 128]],
    ],
    [null, null, 'logits'],
  ],
  ['a classifier', [['logits', perText(3)]], [null, null, 'logits']],
  ['a cross-encoder whose one label was squeezed', [['logits', ['batch_size']]], [null, null, 'logits']],
  ['a token classifier', [['logits', perToken(9)]], [null, null, 'logits']],
  [
    'a classifier with its states',
    [
      ['logits', perText(3)],
      ['hidden_states', perToken()],
    ],
    ['hidden_states', null, 'logits'],
  ],
])('the outputs of %s are told apart', (_, values, expected) => expect(chosen(...values)).toEqual(expected));

test('the best known name comes first, and the file’s order decides among others', () => {
  const names = outputsOf(
    ['b', perText()],
    ['logits', perText(2)],
    ['a', perToken()],
    ['sentence_embedding', perText()],
    ['token_embeddings', perToken()],
  );
  expect(names.map(({ name }) => name)).toEqual(['token_embeddings', 'sentence_embedding', 'logits', 'b', 'a']);
});

test('a width that is not told is 0; a tensor without that dimension has 1', () => {
  expect(outputsOf(['x', perToken('dim')], ['y', perText(null)], ['z', ['batch_size']], ['s', ['batch_size', 'sequence_length']])).toEqual([
    { name: 'x', rows: 'token', width: 0 },
    { name: 'y', rows: 'text', width: 0 },
    { name: 'z', rows: 'text', width: 1 },
    { name: 's', rows: 'token', width: 1 },
  ]);
});

test('what is no float tensor of rows is left out', () => {
  const values: Declared[] = [
    ['ids', perText(), 'int64'],
    ['sequence', perText(), null],
    ['attentions', ['batch_size', 12, 'sequence_length', 'sequence_length']],
    ['loss', []],
    ['unknown', null],
    ['present_key_values', perToken()],
  ];
  expect(outputsOf(...values)).toEqual([]);
});
