/** The body of each answer, for /openapi.json: what a client may count on. The conformance suite holds every answer against it. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer());
const list = v.literal('list');
/** Null: a model behind another server that does not say it. */
const length = v.nullable(count);

const usage = v.object({ prompt_tokens: count, total_tokens: count });
/** OpenAI's, whose clients look for all four. */
const fullUsage = v.object({ ...usage.entries, completion_tokens: count, prompt_tokens_details: v.null() });

/** `created`: seconds since 1970. */
const head = { id: v.string(), object: list, created: count, model: v.string() };
/** A vector; the rows of a text; one number; or any of them in base64, as `embed_dtype` and `endianness` say. */
const values = v.union([v.array(v.number()), v.array(v.array(v.number())), v.number(), v.string()]);
const range = v.array(count);

export const EmbeddingAnswer = v.object({
  ...head,
  data: v.array(
    v.object({
      index: count,
      object: v.literal('embedding'),
      embedding: values,
      /** With `late_chunking_params`. Ranges are [start, end), those of characters in code points; null where they cannot be told. */
      late_chunking: v.optional(
        v.object({
          strategy: v.string(),
          chunk_size: count,
          input_tokens: count,
          chunks: v.array(v.object({ token_range: range, char_range: v.nullable(range) })),
        }),
      ),
    }),
  ),
  usage: fullUsage,
});

export const PoolingAnswer = v.object({
  ...head,
  data: v.array(v.object({ index: count, object: v.literal('pooling'), data: values })),
  usage: fullUsage,
});

export const ClassificationAnswer = v.object({
  ...head,
  data: v.array(v.object({ index: count, label: v.nullable(v.string()), probs: v.array(v.number()), num_classes: count })),
  usage: fullUsage,
});

export const ScoreAnswer = v.object({
  ...head,
  data: v.array(v.object({ index: count, object: v.literal('score'), score: v.number() })),
  usage: fullUsage,
});

const version = v.object({ version: v.string() });

export const RerankAnswer = v.object({
  id: v.string(),
  model: v.string(),
  usage,
  results: v.array(
    v.object({
      index: count,
      /** Not with `return_documents: false`. */
      document: v.optional(v.object({ text: v.string(), multi_modal: v.null() })),
      relevance_score: v.number(),
    }),
  ),
  /** Of /v2/rerank. */
  meta: v.optional(v.object({ api_version: version, billed_units: v.object({ search_units: count }) })),
});

const vectors = v.optional(v.array(v.array(v.number())));

export const CohereEmbedAnswer = v.object({
  id: v.string(),
  embeddings: v.object({ float: vectors, binary: vectors, ubinary: vectors, base64: v.optional(v.array(v.string())) }),
  texts: v.array(v.string()),
  meta: v.object({ api_version: version, billed_units: v.object({ input_tokens: count }) }),
  response_type: v.literal('embeddings_by_type'),
});

export const TokenizeAnswer = v.object({
  count,
  max_model_len: length,
  tokens: v.array(count),
  token_strs: v.nullable(v.array(v.string())),
});

export const DetokenizeAnswer = v.object({ prompt: v.string() });

const flag = v.boolean();
/** As OpenAI's once was, which vLLM keeps. */
const permission = v.object({
  id: v.string(),
  object: v.literal('model_permission'),
  created: count,
  allow_create_engine: flag,
  allow_sampling: flag,
  allow_logprobs: flag,
  allow_search_indices: flag,
  allow_view: flag,
  allow_fine_tuning: flag,
  organization: v.string(),
  group: v.null(),
  is_blocking: flag,
});

export const ModelList = v.object({
  object: list,
  data: v.array(
    v.object({
      id: v.string(),
      object: v.literal('model'),
      created: count,
      owned_by: v.string(),
      root: v.string(),
      parent: v.null(),
      max_model_len: length,
      tasks: v.array(v.string()),
      prompts: v.record(v.string(), v.string()),
      default_prompt_name: v.nullable(v.string()),
      permission: v.array(permission),
    }),
  ),
});

export const Version = version;
export const Load = v.object({ server_load: count });
