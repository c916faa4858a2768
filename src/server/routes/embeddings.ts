/** POST /v1/embeddings: OpenAI's, with vLLM's fields. */
import { usageOf, type Answer, type Call } from '../call.ts';
import { badRequest } from '../http-error.ts';
import { poolingParamsOf } from '../pooling-params.ts';
import { countOf, promptsOf, readInput } from '../request-prompts.ts';
import type { EmbeddingRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';
import { carriedAs, checkFormat, type Item } from '../carried.ts';

type Fields = FieldsOf<typeof EmbeddingRequest>;

export async function embeddings(fields: Fields, call: Call): Promise<Answer> {
  checkFormat(fields);
  const input = readInput(fields);
  // A late-interaction model has a vector for each token, and newer vLLM gives those here.
  const model = call.models.pick(fields.model, ['embed', 'token_embed']);
  if (model.task === 'token_embed' && fields.encoding_format !== 'float') {
    throw badRequest(`"${model.name}" gives a vector for each token, and those are served as "float" alone.`, 'encoding_format');
  }
  const outputs = await call.enter(model, { ...fields, inputs: countOf(input) }, async (engine) => {
    const { prompts, reading } = await promptsOf(input, fields, model, call.options, engine);
    const options = { ...reading, ...engine, poolingParams: poolingParamsOf(fields) };
    if (model.task === 'token_embed') return model.llm.tokenEmbed(prompts, options);
    const outputs = await model.llm.embed(prompts, options);
    return outputs.map(({ outputs: { embedding }, ...rest }) => ({
      ...rest,
      outputs: { data: embedding, shape: [1, embedding.length] as const },
    }));
  });
  const isMatrix = model.task === 'token_embed';
  const items = outputs.map(({ outputs: { data, shape } }): Item => ({ data, shape: isMatrix ? [...shape] : [shape[1]] }));
  const head = { id: `embd-${call.id}`, object: 'list', created: call.created, model: model.name };
  return carriedAs(items, fields, head, usageOf(call.tokensOf(outputs)), 'embedding');
}
