/** POST /v1/embeddings: OpenAI's, with vLLM's fields. */
import type { EncodeRequestOutput } from '../../types.ts';
import { usageOf, type Answer, type Call } from '../call.ts';
import { badRequest } from '../http-error.ts';
import { checkLateChunking, lateChunkingOf } from '../late-chunking.ts';
import { poolingParamsOf } from '../pooling-params.ts';
import { countOf, promptsOf, readInput } from '../request-prompts.ts';
import type { EmbeddingRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';
import { carriedAs, checkFormat, type Item } from '../carried.ts';

type Fields = FieldsOf<typeof EmbeddingRequest>;

export async function embeddings(fields: Fields, call: Call): Promise<Answer> {
  const input = readInput(fields);
  checkFormat(fields, countOf(input));
  const { late_chunking_params: late } = fields;
  // A late-interaction model has a vector for each token, and newer vLLM gives those here. Chunks are made of such.
  const model = call.models.pick(fields.model, late ? ['token_embed'] : ['embed', 'token_embed']);
  if (late) checkLateChunking(fields, input);
  if (model.task === 'token_embed' && fields.encoding_format !== 'float') {
    throw badRequest(`"${model.name}" gives a vector for each token, and those are served as "float" alone.`, 'encoding_format');
  }
  if (model.task === 'token_embed' && !late && fields.dimensions != null) {
    throw badRequest(`"${model.name}" gives a vector for each token, and those have all their dimensions.`, 'dimensions');
  }
  const items: Item[] = [];
  const isPerToken = model.task === 'token_embed' && !late;
  const outputs = await call.enter(model, { ...fields, isPerToken }, async (engine) => {
    const { prompts, reading } = await promptsOf(input, fields, model, call.options, engine);
    const options = { ...reading, ...engine, poolingParams: { ...poolingParamsOf(fields), ...(late && { late_chunking_params: late }) } };
    if (model.task === 'token_embed') {
      const outputs = await model.llm.tokenEmbed(prompts, options);
      for (const [i, output] of outputs.entries()) {
        const more = late && { late_chunking: lateChunkingOf(prompts[i] as string, late.chunk_size, output) };
        items.push({ ...matrixOf(output), ...(more && { more }) });
      }
      return outputs;
    }
    const outputs = await model.llm.embed(prompts, options);
    for (const { outputs: each } of outputs) items.push({ data: each.embedding, shape: [each.embedding.length] });
    return outputs;
  });
  const head = { id: `embd-${call.id}`, object: 'list', created: call.created, model: model.name };
  return carriedAs(items, fields, head, usageOf(call.tokensOf(outputs)), 'embedding', call.options.limits);
}

function matrixOf({ outputs: { data, shape } }: EncodeRequestOutput): Item {
  return { data, shape: [...shape] };
}
