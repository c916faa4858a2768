/** Flags about the server -> the options of createHandler. */
import { readFileSync, statSync } from 'node:fs';
import type { ServerOptions } from '../src/server.ts';
import { isApiKey, KEY } from '../src/server/options.ts';
import { messageOf, wrongUse } from './failure.ts';
import type { limitFlags, serveFlags, Values } from './flags.ts';

type ServerValues = Values<typeof serveFlags> & Values<typeof limitFlags>;

/** By the option's name: the flag of the same name in dashes. */
const LIMITS = {
  maxBodyBytes: 'max-body-bytes',
  maxHeldBytes: 'max-held-bytes',
  maxInputs: 'max-inputs',
  maxTokens: 'max-tokens',
  maxAnswerNumbers: 'max-answer-numbers',
  maxConcurrentRequests: 'max-concurrent-requests',
  maxQueueLength: 'max-queue-length',
  requestTimeout: 'request-timeout',
  bodyTimeout: 'body-timeout',
  shutdownTimeout: 'shutdown-timeout',
} as const satisfies Partial<Record<keyof ServerOptions, keyof typeof limitFlags>>;

export function serverOptions(values: ServerValues): ServerOptions {
  const limits = Object.entries(LIMITS).filter(([, flag]) => values[flag] !== undefined);
  const template = values['chat-template'];
  const origins = values['allowed-origins'];
  return {
    ...Object.fromEntries(limits.map(([option, flag]) => [option, values[flag]!])),
    apiKeys: apiKeys(values['api-key']),
    ...(template !== undefined && { chatTemplate: chatTemplates(template) }),
    ...(origins && { allowedOrigins: allowedOrigins(origins) }),
    ...(values['open-metrics'] && { protectMetrics: false }),
    ...(values['trust-request-chat-template'] && { trustRequestChatTemplate: true }),
  };
}

/** The flag wins over the environment, as vLLM's. An empty variable is none. */
function apiKeys(given: readonly string[] | undefined): string[] {
  if (given?.includes('')) throw wrongUse('--api-key is empty: no request would be let in.');
  const { ROCKPOOL_API_KEY, VLLM_API_KEY } = process.env;
  const fromEnvironment = ROCKPOOL_API_KEY || VLLM_API_KEY;
  const keys = given ? [...given] : fromEnvironment ? [fromEnvironment] : [];
  if (keys.every(isApiKey)) return keys;
  throw wrongUse(
    `${given ? '--api-key' : 'The API key of the environment'} must be of ${KEY}: clients send others in more than one encoding.`,
  );
}

/** vLLM takes a JSON list: '["https://a.example"]'. */
function allowedOrigins(given: readonly string[]): '*' | string[] {
  const origins = given.flatMap((text) => (text.startsWith('[') ? listOf(text) : [text]));
  if (origins.includes('*')) return '*';
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong !== undefined) throw wrongUse(`--allowed-origins takes origins such as https://a.example, or *, got "${wrong}".`);
  return origins;
}

function listOf(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw wrongUse(`--allowed-origins: ${text} is not JSON: ${messageOf(error)}.`);
  }
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list;
  throw wrongUse(`--allowed-origins takes a list of texts, got ${text}.`);
}

/** One for all models, or NAME=FILE for each that has its own. */
function chatTemplates(given: readonly string[]): string | Record<string, string> {
  const named = given.map((text) => (isFile(text) ? null : /^(\w[\w.-]*)=(.+)$/s.exec(text)));
  if (named.every((one) => one !== null)) return Object.fromEntries(named.map(([, name, text]) => [name!, chatTemplate(text!)]));
  if (given.length === 1) return chatTemplate(given[0]!);
  throw wrongUse('--chat-template takes one for all models, or NAME=FILE for each.');
}

/** As vLLM: the path of a file, or the template itself in one line. */
function chatTemplate(given: string): string {
  if (isFile(given)) return readFileSync(given, 'utf8');
  if (/[{}\n]/.test(given)) return given;
  throw wrongUse(`--chat-template: there is no file ${given}, and a template would have {{ }} or {% %} in it.`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
