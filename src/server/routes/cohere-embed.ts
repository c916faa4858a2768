/** POST /v2/embed: Cohere's. */
import { packBits } from '../pack-bits.ts';
import type { Answer, Call, EngineOptions } from '../call.ts';
import { badRequest } from '../http-error.ts';
import { textPart } from '../request-pairs.ts';
import type { CohereEmbedRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';
import type { ServedModel } from '../served-models.ts';
import { base64Of, bytesOf } from '../vector-format.ts';
import type { EmbedOptions, ModelInfo } from '../../types.ts';

type Fields = FieldsOf<typeof CohereEmbedRequest>;
type Prefix = Pick<EmbedOptions, 'promptName' | 'prompt'>;
type EmbeddingType = Fields['embedding_types'][number];

export async function cohereEmbed(fields: Fields, call: Call): Promise<Answer> {
  const texts = textsOf(fields);
  const model = call.models.pick(fields.model, ['embed']);
  const outputs = await call.enter(model, fields, async (engine) => {
    await checkLengths(texts, fields, model, engine);
    const { llm } = model;
    const poolingParams = { dimensions: fields.output_dimension ?? null };
    const optionsFor = (info: ModelInfo) => ({ ...promptOf(fields, info), ...engine, poolingParams, ...truncationOf(fields, info) });
    const meaning = JSON.stringify([fields.input_type ?? null, poolingParams]);
    return llm.embedBy ? llm.embedBy(texts, meaning, optionsFor, engine.signal) : llm.embed(texts, optionsFor(llm.info));
  });
  const vectors = outputs.map(({ outputs: { embedding } }) => embedding);
  const embeddings = Object.fromEntries(
    [...new Set(fields.embedding_types)].map((type) => [type, vectors.map((vector) => valuesOf(vector, type))]),
  );
  const tokens = call.tokensOf(outputs);
  const meta = { api_version: { version: '2' }, billed_units: { input_tokens: tokens } };
  return { body: { id: `embd-${call.id}`, embeddings, texts, meta, response_type: 'embeddings_by_type' }, tokens };
}

/** Exactly one of the three is given, and images are not served. */
function textsOf({ texts, images, inputs }: Fields): string[] {
  const given = [texts, images, inputs].filter((list) => list != null && list.length > 0);
  if (given.length !== 1) throw badRequest('Exactly one of texts, images, or inputs must be provided, and not be empty.');
  if (images?.length) throw badRequest('This model takes texts alone: images are not served.', 'images');
  return texts?.length ? texts : inputs!.map(({ content }) => content.map((part) => textPart(part, 'inputs')).join('\n'));
}

/** Of a model behind another server not all can be asked for. */
function takes({ takes }: ModelInfo, option: string): boolean {
  return takes?.embed?.includes(option) ?? true;
}

/**
 * The text that the model's files have for this kind of input. Without a kind: none, or what a server that has one of its own writes before
 * all texts. A server that takes names of prompts and does not say which it has is asked.
 */
function promptOf({ input_type }: Fields, info: ModelInfo): Prefix {
  if (input_type == null) return takes(info, 'prompt') ? { prompt: '' } : {};
  const known = Object.keys(info.prompts);
  const isSilent = info.device === 'remote' && known.length === 0;
  if (known.includes(input_type) || (isSilent && takes(info, 'promptName'))) return { promptName: input_type };
  const supported = isSilent
    ? 'The server behind this one does not say what prompts its model has: write them before the texts.'
    : known.length > 0
      ? `Supported values: ${known.sort().join(', ')}`
      : 'This model does not define any input_type task instructions.';
  throw badRequest(`Unsupported input_type '${input_type}'. ${supported}`, 'input_type');
}

/** START cuts the start away, END the end. A server that cannot be asked to cut the end does as it does with any text: most refuse a long one. */
function truncationOf({ truncate, max_tokens }: Fields, info: ModelInfo): Pick<EmbedOptions, 'truncatePromptTokens' | 'truncationSide'> {
  if (truncate === 'NONE') return {};
  const truncationSide = truncate === 'START' ? 'left' : 'right';
  if (max_tokens != null && max_tokens < info.max_model_len) return { truncatePromptTokens: max_tokens, truncationSide };
  return truncate === 'START' || takes(info, 'truncateToMax') ? { truncatePromptTokens: -1, truncationSide } : {};
}

/** Before anything is computed. */
async function checkLengths(
  texts: readonly string[],
  fields: Fields,
  { llm }: ServedModel,
  { signal, maxTotalTokens }: EngineOptions,
): Promise<void> {
  const { truncate, max_tokens } = fields;
  if (truncate !== 'NONE' || max_tokens == null) return;
  const { promptName } = promptOf(fields, llm.info);
  const prefix = promptName === undefined ? '' : llm.info.prompts[promptName];
  if (prefix === undefined)
    throw badRequest(`How many tokens the prompt "${promptName}" has is not known here. Set truncate to END or START.`, 'max_tokens');
  const counted = await llm.tokenize(
    texts.map((text) => prefix + text),
    { signal, ...(maxTotalTokens !== undefined && { maxTotalTokens }) },
  );
  const long = counted.find(({ count }) => count > max_tokens);
  if (!long) return;
  throw badRequest(
    `Input of ${long.count} tokens exceeds max_tokens=${max_tokens} with truncate=NONE. Set truncate to END or START to allow truncation.`,
    'max_tokens',
  );
}

function valuesOf(vector: Float32Array, type: EmbeddingType): number[] | string {
  if (type === 'float') return Array.from(vector);
  if (type === 'base64') return base64Of(bytesOf(vector, 'float32', 'little'));
  const bytes = packBits(vector);
  return type === 'ubinary' ? Array.from(bytes) : Array.from(bytes, (byte) => byte - 128);
}
