/** Conversations to prompts and ids to texts, as transformers has them, and what a call may take of the engine. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LLM } from 'rockpool/edge';
import { load, outcome } from './tiny-model.ts';

/** By e2e/oracle/make_server_values.py. */
interface Chat {
  id: string;
  template: string;
  messages: { role: string; content: string }[];
  options: { add_generation_prompt?: boolean; continue_final_message?: boolean; tools?: unknown[]; style?: string };
  text: string;
  ids: number[];
  decoded: string;
}
const { chats } = JSON.parse(readFileSync(new URL('../oracle/fixtures/server-values.json', import.meta.url), 'utf8')) as { chats: Chat[] };
const user = [{ role: 'user', content: 'hi' }];

let llm: LLM;
beforeAll(async () => {
  llm = await load('tiny-qwen3-embed');
});
afterAll(() => llm.dispose());

describe.each(chats.map((chat) => [chat.id, chat] as const))('%s', (_, { template, messages, options, text, ids, decoded }) => {
  const { style, ...rest } = options;
  const given = { chat_template: template, ...rest, ...(style !== undefined && { chat_template_kwargs: { style } }) };

  test('is the prompt that transformers makes', async () => {
    expect(await llm.applyChatTemplate(messages, given as never)).toBe(text);
  });
  test('has its ids, without special tokens of its own, and they have its text', async () => {
    const [tokenized] = await llm.tokenize(text, { addSpecialTokens: false });
    expect(tokenized!.tokens).toEqual(ids);
    expect(await llm.detokenize(ids)).toBe(decoded);
    const [embedded] = await llm.embed(text, { addSpecialTokens: false });
    expect([...embedded!.prompt_token_ids]).toEqual(ids);
  });
});

describe('the template is', () => {
  const template = '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}';
  const config = readFileSync(new URL('../models/tiny-qwen3-embed/tokenizer_config.json', import.meta.url), 'utf8');
  const withConfig = (chat_template: unknown) => ({
    'tokenizer_config.json': JSON.stringify({ ...(JSON.parse(config) as object), chat_template }),
  });
  test.each([
    ['a file of its own', { 'chat_template.jinja': template }],
    ['in tokenizer_config.json', withConfig(template)],
    [
      'one of several there, by the name default',
      withConfig([
        { name: 'tools', template: 'no' },
        { name: 'default', template },
      ]),
    ],
    ['the file, if there are both', { ...withConfig('no'), 'chat_template.jinja': template }],
  ])('%s', async (_, files) => {
    const own = await load('tiny-qwen3-embed', {}, files);
    expect(
      await own.applyChatTemplate([
        ...user,
        {
          role: 'tool',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ]),
    ).toBe('<user>hi<tool>a\nb');
    await own.dispose();
  });
});

// As vLLM's parse_chat_messages makes it for templates that take texts.
test.each([[{}], [{ content: null }], [{ content: [] }]])('a message that only calls tools has an empty text: %j', async (content) => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const chatTemplate = "{% for m in messages %}<{{ m.role }}>{{ m.content + '.' }}{{ (m.tool_calls or [{}])[0].id }}{% endfor %}";
  const messages = [...user, { role: 'assistant', ...content, tool_calls: [call] }];
  expect(await llm.applyChatTemplate(messages, { chatTemplate })).toBe('<user>hi.<assistant>.c');
});

test.each<[string, unknown, object, RegExp]>([
  ['no template', user, {}, /^invalid-input: As of transformers v4.44, default chat template is no longer allowed/],
  [
    'both ends',
    user,
    { addGenerationPrompt: true, continueFinalMessage: true, chatTemplate: 'x' },
    /^invalid-input: Cannot set both `continue_final_message`/,
  ],
  [
    'a final message that is not there',
    user,
    { continueFinalMessage: true, chatTemplate: 'x' },
    /^invalid-input: continue_final_message is set, and/,
  ],
  ['no messages', [], { chatTemplate: 'x' }, /^invalid-input: A chat needs at least one message/],
  ['no list', 'hi', { chatTemplate: 'x' }, /^invalid-input: A chat needs at least one message/],
  ['no role', [{ content: 'x' }], { chatTemplate: 'x' }, /^invalid-input: messages\[0\] must be an object with a role/],
  ['a content that is none', [{ role: 'x', content: 5 }], { chatTemplate: 'x' }, /^invalid-input: The content of messages\[0\] must be/],
  [
    'an image',
    [{ role: 'x', content: [{ type: 'image_url' }] }],
    { chatTemplate: 'x' },
    /^invalid-input: messages\[0\] has a part of type "image_url"/,
  ],
  [
    'a part without a text',
    [{ role: 'x', content: [{ type: 'text' }] }],
    { chatTemplate: 'x' },
    /^invalid-input: messages\[0\] has a text part without a text/,
  ],
  ['a template that is none', user, { chatTemplate: '{% if' }, /^invalid-option: The template cannot be rendered/],
  ['one that refuses', user, { chatTemplate: '{{ raise_exception("no") }}' }, /^invalid-option: The template cannot be rendered: no$/],
  ['an option that is none', user, { template: 'x' }, /^invalid-option: applyChatTemplate has no option "template"/],
])('%s is an error', async (_, messages, options, text) => {
  await expect(outcome(llm.applyChatTemplate(messages as never, options))).resolves.toMatch(text);
});

test.each([[[-1]], [[1e9]], [[1.5]], ['abc'], [null]])('detokenize refuses %j', async (ids) => {
  await expect(outcome(llm.detokenize(ids as never))).resolves.toMatch(/^invalid-input: (Token id|detokenize takes)/);
});

describe('maxTotalTokens', () => {
  const text = 'one two three';
  test('counts all prompts of a call, and refuses before anything is computed', async () => {
    const [one] = await llm.embed(text);
    const each = one!.prompt_token_ids.length;
    await expect(outcome(llm.embed([text, text], { maxTotalTokens: each * 2 }))).resolves.toBe('ok');
    const seen: unknown[] = [];
    const refused = llm.embed([text, text], { maxTotalTokens: each * 2 - 1, onProgress: (progress) => seen.push(progress) });
    await expect(outcome(refused)).resolves.toBe(
      `too-many-tokens: The prompts of one call may have ${each * 2 - 1} tokens in all, and these have more. Please reduce the length of the input, or split it into several calls.`,
    );
    expect(seen).toEqual([]);
  });
  test('counts both sides of a score', async () => {
    const [pair] = await llm.score(text, text);
    const { length } = pair!.prompt_token_ids;
    await expect(outcome(llm.score(text, [text, text], { maxTotalTokens: 2 * length }))).resolves.toBe('ok');
    await expect(outcome(llm.score(text, text, { maxTotalTokens: 3 }))).resolves.toMatch(/^too-many-tokens/);
  });
  test('counts the pairs that a cross-encoder reads', async () => {
    const reranker = await load('tiny-bert-reranker');
    const [pair] = await reranker.score(text, text);
    const { length } = pair!.prompt_token_ids;
    await expect(outcome(reranker.score(text, [text, text], { maxTotalTokens: 2 * length }))).resolves.toBe('ok');
    await expect(outcome(reranker.score(text, [text, text], { maxTotalTokens: 2 * length - 1 }))).resolves.toMatch(/^too-many-tokens/);
    await reranker.dispose();
  });
  test('counts what is tokenised', async () => {
    const [{ count } = { count: 0 }] = await llm.tokenize(text);
    await expect(outcome(llm.tokenize([text, text], { maxTotalTokens: 2 * count }))).resolves.toBe('ok');
    await expect(outcome(llm.tokenize([text, text], { maxTotalTokens: 2 * count - 1 }))).resolves.toMatch(/^too-many-tokens/);
  });
  test.each([[0], [-5]])('%d is refused', async (maxTotalTokens) => {
    await expect(outcome(llm.embed(text, { maxTotalTokens }))).resolves.toMatch(/^invalid-option: maxTotalTokens must be at least 1/);
  });
  test.each([[1.5], ['5']])('%j is refused', async (maxTotalTokens) => {
    await expect(outcome(llm.embed(text, { maxTotalTokens: maxTotalTokens as never }))).resolves.toMatch(/must be an integer/);
  });
});

test('a call of lower priority number is answered first, though it came last', async () => {
  const order: string[] = [];
  const call = (name: string, priority: number) =>
    llm
      .embed(
        Array.from({ length: 8 }, (_, i) => `${name} ${'word '.repeat(i)}`),
        { priority },
      )
      .then(() => order.push(name));
  await Promise.all([call('late', 5), call('usual', 0), call('first', -5)]);
  expect(order).toEqual(['first', 'usual', 'late']);
});
