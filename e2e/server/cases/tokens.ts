/** POST /tokenize and /detokenize. */
import { badRequest, invalid, noSuchModel, type Case } from '../case.ts';
import { bert, reference, text } from '../oracle.ts';
import type { Expected } from '../match.ts';

const sentence = bert('plain/sentence');
const tokens = (ids: readonly number[], strings: readonly string[] | null = null, max_model_len = 256): Expected => ({
  count: ids.length,
  max_model_len,
  tokens: ids,
  token_strs: strings,
});
const WORDS = ['[CLS]', 'the', 'quick', 'brown', 'fox', 'jumps', 'over', 'the', 'lazy', 'dog', '.', '[SEP]'];
const awkward = reference('classifier', 'tokenize/awkward');
const long = text('tokens-5000');

export const tokenCases: Case[] = [
  { name: 'a text', path: '/tokenize', body: { prompt: sentence.text }, gives: tokens(sentence.ids) },
  { name: 'its tokens', path: '/tokenize', body: { prompt: sentence.text, return_token_strs: true }, gives: tokens(sentence.ids, WORDS) },
  {
    name: 'without special tokens',
    path: '/tokenize',
    body: { prompt: sentence.text, add_special_tokens: false },
    gives: tokens(sentence.ids.slice(1, -1)),
  },
  { name: 'an empty text', path: '/tokenize', body: { prompt: '' }, gives: tokens([101, 102]) },
  {
    name: 'a long text is not cut',
    path: '/tokenize',
    body: { prompt: long },
    gives: (value) => ((value as { count: number }).count === 5_000 ? null : JSON.stringify(value).slice(0, 100)),
  },
  ...awkward.expected.ids!.map((ids, i): Case => ({
    name: `awkward text ${i}`,
    path: '/tokenize',
    body: { model: 'classifier', prompt: (awkward.args[0] as string[])[i] },
    gives: tokens(ids, null, 512),
  })),
  {
    name: 'a conversation',
    on: 'chatting',
    path: '/tokenize',
    body: { messages: [{ role: 'user', content: sentence.text }] },
    gives: tokens(sentence.ids),
  },
  {
    name: 'a conversation and special tokens around it',
    on: 'chatting',
    path: '/tokenize',
    body: { messages: [{ role: 'user', content: sentence.text }], add_special_tokens: true },
    gives: tokens([101, ...sentence.ids, 102]),
  },
  {
    name: 'a generation is asked for by default',
    on: 'chatting',
    path: '/tokenize',
    body: {
      messages: [{ role: 'user', content: 'a' }],
      chat_template: '{{ messages[0].content }}{% if add_generation_prompt %} dog{% endif %}',
    },
    gives: tokens([1037, 3899]),
  },
  {
    name: 'a text and a conversation',
    path: '/tokenize',
    body: { prompt: 'a', messages: [{ role: 'user', content: 'a' }] },
    ...badRequest(/one of the two/, 'prompt'),
  },
  { name: 'neither', path: '/tokenize', body: {}, ...badRequest(/one of the two/, 'prompt') },
  {
    name: 'no such model',
    path: '/tokenize',
    body: { model: 'no-such-model', prompt: 'a' },
    ...noSuchModel,
  },
  {
    name: 'ids',
    path: '/detokenize',
    body: { tokens: sentence.ids },
    gives: { prompt: '[CLS] the quick brown fox jumps over the lazy dog. [SEP]' },
  },
  {
    name: 'pieces of words',
    path: '/detokenize',
    body: { tokens: [4895, 21554] },
    gives: (value) => (/^\S+ ?\S*$/.test((value as { prompt: string }).prompt) ? null : JSON.stringify(value)),
  },
  { name: 'no ids', path: '/detokenize', body: { tokens: [] }, gives: { prompt: '' } },
  {
    name: 'an id beyond the vocabulary',
    path: '/detokenize',
    body: { tokens: [999_999] },
    ...badRequest('Token id 999999 is out of vocabulary'),
  },
  {
    name: 'a text instead of ids',
    path: '/detokenize',
    body: { tokens: 'a' },
    ...invalid('tokens', "{'type': 'list_type', 'loc': ('body', 'tokens'), 'msg': 'Input should be a valid list', 'input': 'a'}"),
  },
  {
    name: 'an id that is a text',
    path: '/detokenize',
    body: { tokens: [101, 'b'] },
    ...invalid('tokens', "{'type': 'int_type', 'loc': ('body', 'tokens', 1), 'msg': 'Input should be a valid integer', 'input': 'b'}"),
  },
];
