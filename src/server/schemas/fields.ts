/** Fields that several requests have, as schemas. Null is "not set", as in vLLM. */
import * as v from 'valibot';

const integer = v.pipe(v.number(), v.integer());
const text = v.nullish(v.string());
const flag = v.nullish(v.boolean());

/** With any fields. valibot's own schemas of objects take a list for one. */
const dictionary = v.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/** Of every request to a model. */
export const ofRequest = {
  model: text,
  user: text,
  request_id: text,
  priority: v.nullish(integer, 0),
};

export const truncation = {
  truncate_prompt_tokens: v.nullish(v.pipe(integer, v.minValue(-1))),
  truncation_side: v.nullish(v.picklist(['left', 'right'])),
};

/** Known to vLLM, and with nothing to do here: no images, no cache of prompts. */
const withoutEffect = {
  mm_processor_kwargs: v.nullish(v.unknown()),
  media_io_kwargs: v.nullish(v.unknown()),
  cache_salt: text,
};

const textPart = v.looseObject({ type: v.string() });
const CONTENT = 'the content of a message must be a string, or a list of parts, each an object with a type';
/** An assistant's that only calls tools has no content, or null. */
export const message = v.looseObject({ role: v.string(), content: v.nullish(v.union([v.string(), v.array(textPart)], CONTENT)) });
const messages = v.array(message);

const ids = v.array(integer);
const PROMPT = 'prompt must be a string, array of strings, array of tokens, or array of token arrays';
/** Texts or token ids; or, as in newer vLLM, conversations. */
const input = v.union([v.string(), v.array(v.string()), ids, v.array(ids), messages, v.array(messages)], PROMPT);

export const chat = {
  messages: v.nullish(messages),
  chat_template: text,
  chat_template_kwargs: v.nullish(dictionary),
  add_generation_prompt: v.nullish(v.boolean(), false),
  continue_final_message: v.nullish(v.boolean(), false),
};

export const prompts = {
  ...ofRequest,
  input: v.nullish(input),
  ...truncation,
  add_special_tokens: flag,
  padding: v.nullish(v.picklist(['do_not_pad', 'max_length'])),
  ...chat,
  ...withoutEffect,
  /** rockpool's own, and TEI's: a key of the model's `prompts`. */
  prompt_name: text,
};

export const activation = { use_activation: flag, activation: flag, softmax: flag, normalize: flag };

export const pairs = {
  ...ofRequest,
  ...truncation,
  activation: flag,
  use_activation: flag,
  max_tokens_per_query: v.nullish(integer),
  max_tokens_per_doc: v.nullish(integer),
  instruction: text,
  chat_template: text,
  chat_template_kwargs: v.nullish(dictionary),
  ...withoutEffect,
};

/** One text, as vLLM's ScoreMultiModalParam has it, or as Cohere and Jina do. */
export const document = v.union(
  [v.string(), v.looseObject({ content: v.array(textPart) }), v.looseObject({ text: v.string() })],
  'a text must be a string, an object with a text, or an object with a list of text parts as its content',
);
export const documents = v.union([document, v.array(document)], 'texts must be a string, an object with a text, or a list of them');
