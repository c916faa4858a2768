/** The `input` or the `messages` of a request -> prompts for the engine. A conversation is one prompt. */
import type { ChatMessage, Prompt, PoolOptions } from '../types.ts';
import type { EngineOptions } from './call.ts';
import { badRequest } from './http-error.ts';
import type { ResolvedOptions } from './options.ts';
import type { ServedModel } from './served-models.ts';

interface ChatFields {
  chat_template?: string | null | undefined;
  chat_template_kwargs?: Record<string, unknown> | null | undefined;
  add_generation_prompt?: boolean;
  continue_final_message?: boolean;
}

interface PromptFields extends ChatFields {
  input?: unknown;
  messages?: readonly unknown[] | null | undefined;
  add_special_tokens?: boolean | null | undefined;
  truncate_prompt_tokens?: number | null | undefined;
  truncation_side?: 'left' | 'right' | null | undefined;
  padding?: 'do_not_pad' | 'max_length' | null | undefined;
  prompt_name?: string | null | undefined;
}

export type Input = { texts: Prompt[] } | { conversations: ChatMessage[][] };

/** Checked before the request enters the engine. */
export function readInput({ input, messages, padding }: PromptFields): Input {
  if (padding === 'max_length') throw badRequest('padding "max_length" is not served: a text has the same result without it.', 'padding');
  if (messages != null && input != null) throw badRequest('Give `input` or `messages`, not both.', 'input');
  if (messages != null) return { conversations: [messages as ChatMessage[]] };
  if (input == null) throw badRequest('please provide at least one prompt', 'input');
  if (!Array.isArray(input)) return { texts: [input as string] };
  if (input.length === 0) throw badRequest('please provide at least one prompt', 'input');
  if (typeof input[0] === 'number') return { texts: [{ prompt_token_ids: input as number[] }] };
  if (isMessage(input[0])) return { conversations: [input as ChatMessage[]] };
  if (Array.isArray(input[0]) && isMessage(input[0][0])) return { conversations: input as ChatMessage[][] };
  return { texts: input.map((one: string | number[]): Prompt => (typeof one === 'string' ? one : { prompt_token_ids: one })) };
}

export function countOf(input: Input): number {
  return 'texts' in input ? input.texts.length : input.conversations.length;
}

/** What the engine's methods take: the prompts, and how they are to be read. */
export async function promptsOf(
  input: Input,
  fields: PromptFields,
  model: ServedModel,
  server: ResolvedOptions,
  { signal }: EngineOptions,
): Promise<{ prompts: Prompt[]; reading: PoolOptions & { promptName?: string; prompt?: string } }> {
  const { add_special_tokens: special, truncate_prompt_tokens: truncate, truncation_side: side, prompt_name: promptName } = fields;
  const reading = {
    ...(truncate != null && { truncatePromptTokens: truncate }),
    ...(side != null && { truncationSide: side }),
  };
  if ('texts' in input) {
    return { prompts: input.texts, reading: { ...reading, addSpecialTokens: special ?? true, ...(promptName != null && { promptName }) } };
  }
  const prompts: Prompt[] = [];
  for (const messages of input.conversations) prompts.push(await render(messages, fields, model, server, signal));
  // The template writes the special tokens, and is the whole prompt.
  return { prompts, reading: { ...reading, addSpecialTokens: special ?? false, prompt: '' } };
}

export function render(
  messages: readonly ChatMessage[],
  {
    chat_template,
    chat_template_kwargs,
    add_generation_prompt = false,
    continue_final_message = false,
    tools,
  }: ChatFields & { tools?: unknown[] | null | undefined },
  model: ServedModel,
  server: ResolvedOptions,
  signal: AbortSignal,
): Promise<string> {
  const chatTemplate = templateOf(chat_template, server, model);
  return model.llm.applyChatTemplate(messages, {
    signal,
    addGenerationPrompt: add_generation_prompt,
    continueFinalMessage: continue_final_message,
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(chat_template_kwargs && { chatTemplateKwargs: chat_template_kwargs }),
    ...(tools && { tools }),
  });
}

/** The request's, if it is trusted, or the server's. */
export function templateOf(
  given: string | null | undefined,
  { chatTemplate, trustRequestChatTemplate }: ResolvedOptions,
  { name }: ServedModel,
): string | undefined {
  if (given == null) {
    if (typeof chatTemplate !== 'object') return chatTemplate;
    return Object.hasOwn(chatTemplate, name) ? chatTemplate[name] : undefined;
  }
  if (trustRequestChatTemplate) return given;
  throw badRequest(
    'Chat template is passed with request, but --trust-request-chat-template is not set. Refused request with untrusted chat template.',
    'chat_template',
  );
}

export function isMessage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'role' in value;
}
