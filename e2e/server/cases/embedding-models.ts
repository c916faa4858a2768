/** POST /v1/embeddings: what depends on the model: its dimensions, its prompts, its rows, its template. */
import { badRequest, invalid, noSuchModel, type Case } from '../case.ts';
import { bert, near, reference } from '../oracle.ts';
import { CHAT_TEMPLATE } from '../servers.ts';
import { embeddings, oneOf } from './embeddings.ts';

const path = '/v1/embeddings';
const { vector, ids } = bert('plain/sentence');
const other = bert('plain/chinese');
const query = reference('prompted', 'prompt-name/query');
const byQuery = embeddings(
  query.expected.embeddings!.map((vector) => near(vector)),
  query.tokens,
  'prompted',
);
const passage = reference('prompted', 'prompt-name/passage');
const bare = reference('prompted', 'batch');
const colbert = reference('colbert', 'rows/batch');

const dimensions: Case[] = [
  ...[16, 8].map((size): Case => {
    const { body, gives } = oneOf(`dimensions-${size}/german`, 'matryoshka');
    return { name: `${size} dimensions`, path, body: { ...body, dimensions: size }, gives };
  }),
  {
    name: 'dimensions, not normalised',
    path,
    body: { ...oneOf('raw-dimensions-16/german', 'flexible').body, dimensions: 16, normalize: false },
    gives: oneOf('raw-dimensions-16/german', 'flexible').gives,
  },
  {
    name: 'all dimensions',
    path,
    body: { ...oneOf('plain/german', 'flexible').body, dimensions: 32 },
    gives: oneOf('plain/german', 'flexible').gives,
  },
  {
    name: 'dimensions of a model without',
    path,
    body: { input: 'a', dimensions: 16 },
    ...badRequest('Model "embedder" does not support matryoshka representation, changing output dimensions will lead to poor results.'),
  },
  ...[5, -1, 0].map((size): Case => ({
    name: `${size} dimensions, which are not in the list`,
    path,
    body: { model: 'matryoshka', input: 'a', dimensions: size },
    ...badRequest('Model "matryoshka" only supports [16, 8] matryoshka dimensions, use other output dimensions will lead to poor results.'),
  })),
  {
    name: 'no dimensions at all',
    path,
    body: { model: 'flexible', input: 'a', dimensions: 0 },
    ...badRequest('Dimensions must be greater than 0'),
  },
  {
    name: 'more dimensions than there are',
    path,
    body: { model: 'flexible', input: 'a', dimensions: 33 },
    ...badRequest("Model 'flexible' only supports dimensions in range [1, 32], got 33."),
  },
  {
    name: 'half a dimension',
    path,
    body: { model: 'flexible', input: 'a', dimensions: 8.5 },
    ...invalid(
      'dimensions',
      "{'type': 'int_from_float', 'loc': ('body', 'dimensions'), 'msg': 'Input should be a valid integer, got a number with a fractional part', 'input': 8.5}",
    ),
  },
];

const ofModels: Case[] = [
  {
    name: 'no such model',
    path,
    body: { model: 'no-such-model', input: 'a' },
    ...noSuchModel,
  },
  {
    name: 'a model without embeddings',
    path,
    body: { model: 'classifier', input: 'a' },
    ...badRequest(/^The model does not support Embeddings API/),
  },
  { name: "a model's named prompt", path, body: { model: 'prompted', input: query.args[0], prompt_name: 'query' }, gives: byQuery },
  {
    name: 'another named prompt',
    path,
    body: { model: 'prompted', input: passage.args[0], prompt_name: 'passage' },
    gives: embeddings(passage.expected.embeddings!.map(near), passage.tokens, 'prompted'),
  },
  {
    name: 'no prompt where none is named',
    path,
    body: { model: 'prompted', input: bare.args[0] },
    gives: embeddings(bare.expected.embeddings!.map(near), bare.tokens, 'prompted'),
  },
  {
    name: 'a prompt that the model does not have',
    path,
    body: { model: 'prompted', input: 'a', prompt_name: 'haiku' },
    ...badRequest(/haiku/),
  },
  {
    name: 'a vector for each token, of a late-interaction model',
    path,
    body: { model: 'colbert', input: colbert.args[0] },
    gives: embeddings(
      colbert.expected.rows!.map((rows) => rows.map(near)),
      colbert.tokens,
      'colbert',
    ),
  },
  {
    name: 'those are lists alone',
    path,
    body: { model: 'colbert', input: 'a', encoding_format: 'base64' },
    ...badRequest(/float/, 'encoding_format'),
  },
];

const one = embeddings([near(vector)], ids.length);
const user = (content: unknown) => ({ role: 'user', content });
const NO_TEMPLATE =
  'As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one.';
const talk = [user('The quick brown fox'), { role: 'assistant', content: 'jumps over the lazy dog.' }];
const chats: Case[] = [
  { name: 'a conversation for a model without a template', path, body: { messages: talk }, ...badRequest(NO_TEMPLATE) },
  { name: "a conversation is one text of the server's template", on: 'chatting', path, body: { messages: talk }, gives: one },
  {
    name: 'parts of a text are lines',
    on: 'chatting',
    path,
    body: {
      messages: [
        user([
          { type: 'text', text: 'The quick brown fox' },
          { type: 'text', text: 'jumps over the lazy dog.' },
        ]),
      ],
    },
    gives: one,
  },
  { name: 'a conversation as the input', on: 'chatting', path, body: { input: talk }, gives: one },
  {
    name: 'several conversations',
    on: 'chatting',
    path,
    body: { input: [talk, [user(other.text)]] },
    gives: embeddings([near(vector), near(other.vector)], ids.length + other.ids.length),
  },
  {
    name: "the request's own template, and its variables",
    on: 'chatting',
    path,
    body: { messages: talk, chat_template: `${CHAT_TEMPLATE.replace('[CLS]', '{{ first }}')}`, chat_template_kwargs: { first: '[CLS]' } },
    gives: one,
  },
  {
    name: "the request's own template, where it is not trusted",
    path,
    body: { messages: talk, chat_template: CHAT_TEMPLATE },
    ...badRequest(
      'Chat template is passed with request, but --trust-request-chat-template is not set. Refused request with untrusted chat template.',
      'chat_template',
    ),
  },
  {
    name: 'a template that is none',
    on: 'chatting',
    path,
    body: { messages: talk, chat_template: '{% if %}' },
    ...badRequest(/template/i),
  },
  {
    name: 'a generation and a continuation',
    on: 'chatting',
    path,
    body: { messages: talk, add_generation_prompt: true, continue_final_message: true },
    ...badRequest('Cannot set both `continue_final_message` and `add_generation_prompt` to True.'),
  },
  {
    name: 'a picture',
    on: 'chatting',
    path,
    body: { messages: [user([{ type: 'image_url', image_url: { url: 'x' } }])] },
    ...badRequest(/image_url/),
  },
  { name: 'no message', on: 'chatting', path, body: { messages: [] }, ...badRequest(/at least one message/) },
  { name: 'an input and a conversation', path, body: { input: 'a', messages: talk }, ...badRequest(/not both/, 'input') },
  {
    name: 'a message without a role',
    path,
    body: { messages: [{ content: 'a' }] },
    ...invalid(
      'messages',
      "{'type': 'missing', 'loc': ('body', 'messages', 0, 'role'), 'msg': 'Field required', 'input': {'content': 'a'}}",
    ),
  },
];

export const embeddingModelCases = [...dimensions, ...ofModels, ...chats];
