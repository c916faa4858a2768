/** The sides of a score request, in any of their names and shapes -> texts; its other fields -> the engine's options. */
import type { ScoreOptions } from '../types.ts';
import { badRequest } from './http-error.ts';
import type { ResolvedOptions } from './options.ts';
import { poolingParamsOf } from './pooling-params.ts';
import { templateOf } from './request-prompts.ts';
import type { ServedModel } from './served-models.ts';

type Document = string | { content: { type: string; text?: unknown }[] } | { text: string };

export type Side = Document | readonly Document[];

export function textsOf(side: Side, field: string): string[] {
  return Array.isArray(side) ? side.map((document: Document) => textOf(document, field)) : [textOf(side as Document, field)];
}

export function textOf(document: Document, field: string): string {
  if (typeof document === 'string') return document;
  if ('content' in document) return document.content.map((part) => textPart(part, field)).join('\n');
  return document.text;
}

export function textPart({ type, text }: { type: string; text?: unknown }, field: string): string {
  if (type === 'text' && typeof text === 'string') return text;
  if (type === 'text') throw badRequest(`${field} has a text part without a text.`, field);
  throw badRequest(`This model takes texts alone, and ${field} has a part of type "${type}".`, field);
}

interface PairFields {
  truncate_prompt_tokens?: number | null | undefined;
  truncation_side?: 'left' | 'right' | null | undefined;
  activation?: boolean | null | undefined;
  use_activation?: boolean | null | undefined;
  max_tokens_per_query?: number | null | undefined;
  max_tokens_per_doc?: number | null | undefined;
  instruction?: string | null | undefined;
  chat_template?: string | null | undefined;
  chat_template_kwargs?: Record<string, unknown> | null | undefined;
}

/** The server's template is for cross-encoders; a request's own is an error for others, which the engine says. */
export function scoreOptionsOf(fields: PairFields, server: ResolvedOptions, model: ServedModel): ScoreOptions {
  const { truncate_prompt_tokens, truncation_side, max_tokens_per_query, max_tokens_per_doc, instruction } = fields;
  const isTemplated = fields.chat_template != null || isCrossEncoder(model);
  const chatTemplate = isTemplated ? templateOf(fields.chat_template, server, model) : undefined;
  return {
    poolingParams: poolingParamsOf({ activation: fields.activation, use_activation: fields.use_activation }),
    ...(truncate_prompt_tokens != null && { truncatePromptTokens: truncate_prompt_tokens }),
    ...(truncation_side != null && { truncationSide: truncation_side }),
    ...(max_tokens_per_query != null && { maxTokensPerQuery: max_tokens_per_query }),
    ...(max_tokens_per_doc != null && { maxTokensPerDoc: max_tokens_per_doc }),
    ...(instruction != null && { instruction }),
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(fields.chat_template_kwargs && { chatTemplateKwargs: fields.chat_template_kwargs }),
  };
}

/** The others compare embeddings. */
function isCrossEncoder({ llm }: ServedModel): boolean {
  return llm.info.tasks.includes('classify');
}
