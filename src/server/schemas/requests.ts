/** The body of each request. What a route checks, and what /openapi.json says, is the same schema. */
import * as v from 'valibot';
import { EMBED_DTYPES, ENDIANNESS } from '../vector-format.ts';
import { activation, chat, document, documents, ofRequest, pairs, prompts } from './fields.ts';

const count = v.pipe(v.number(), v.integer());
const carried = {
  encoding_format: v.nullish(v.picklist(['float', 'base64', 'bytes', 'bytes_only']), 'float'),
  embed_dtype: v.nullish(v.picklist(EMBED_DTYPES), 'float32'),
  endianness: v.nullish(v.picklist(ENDIANNESS), 'native'),
  dimensions: v.nullish(count),
};

export const EmbeddingRequest = v.object({
  ...prompts,
  ...carried,
  normalize: activation.normalize,
  use_activation: activation.use_activation,
  /** A vector for each chunk of so many tokens, special tokens included, read in one pass. */
  late_chunking_params: v.nullish(v.object({ chunk_size: v.pipe(count, v.minValue(1)) })),
});

export const PoolingRequest = v.object({
  ...prompts,
  ...carried,
  ...activation,
  task: v.nullish(v.picklist(['encode', 'embed', 'token_embed', 'classify', 'token_classify', 'reward'])),
});

export const ClassificationRequest = v.object({
  ...prompts,
  activation: activation.activation,
  use_activation: activation.use_activation,
  /** rockpool's own: a linear head over embeddings, by its name. */
  head: v.nullish(v.string()),
});

/** Newer vLLM's four names of the two sides. */
export const ScoreRequest = v.object({
  ...pairs,
  queries: v.nullish(documents),
  documents: v.nullish(documents),
  items: v.nullish(documents),
  data_1: v.nullish(documents),
  data_2: v.nullish(documents),
  text_1: v.nullish(documents),
  text_2: v.nullish(documents),
});

export const RerankRequest = v.object({
  ...pairs,
  query: document,
  documents,
  top_n: v.nullish(v.pipe(count, v.minValue(0)), 0),
  /** Jina's. */
  return_documents: v.nullish(v.boolean(), true),
});

export const CohereEmbedRequest = v.object({
  ...ofRequest,
  input_type: v.nullish(v.string()),
  texts: v.nullish(v.array(v.string())),
  images: v.nullish(v.array(v.unknown())),
  inputs: v.nullish(v.array(v.object({ content: v.array(v.looseObject({ type: v.string() })) }))),
  output_dimension: v.nullish(count),
  embedding_types: v.nullish(v.array(v.picklist(['float', 'binary', 'ubinary', 'base64'])), ['float']),
  truncate: v.nullish(v.picklist(['NONE', 'START', 'END']), 'END'),
  max_tokens: v.nullish(v.pipe(count, v.minValue(1))),
});

export const TokenizeRequest = v.object({
  ...ofRequest,
  prompt: v.nullish(v.string()),
  messages: chat.messages,
  chat_template: chat.chat_template,
  chat_template_kwargs: chat.chat_template_kwargs,
  add_generation_prompt: v.nullish(v.boolean(), true),
  continue_final_message: chat.continue_final_message,
  tools: v.nullish(v.array(v.unknown())),
  add_special_tokens: v.nullish(v.boolean()),
  return_token_strs: v.nullish(v.boolean(), false),
});

export const DetokenizeRequest = v.object({ ...ofRequest, tokens: v.array(count) });
