/**
 * rockpool as a server: OpenAI's, vLLM's, Cohere's and Jina's requests, answered by LLMs of any entry, in any runtime that has `Request`
 * and `Response`.
 */
export { createHandler, type Handler } from './server/handler.ts';
export type { LogLevel, LogRecord, ServerOptions } from './server/options.ts';
export type { Models, PoolingModel } from './server/served-models.ts';
export type { Span, Tracer } from './server/tracing.ts';
