/** POST /classify: vLLM's. */
import { usageOf, type Answer, type Call } from '../call.ts';
import { badRequest } from '../http-error.ts';
import { poolingParamsOf } from '../pooling-params.ts';
import { promptsOf, readInput } from '../request-prompts.ts';
import type { ClassificationRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';

export async function classify(fields: FieldsOf<typeof ClassificationRequest>, call: Call): Promise<Answer> {
  if (fields.input === '') throw badRequest('Input cannot be empty for classification', 'input');
  const model = call.models.pick(fields.model, ['classify'], fields.head);
  const head = { id: `classify-${call.id}`, object: 'list', created: call.created, model: model.name };
  // vLLM 0.10 answers nothing to nothing.
  const isNothing = Array.isArray(fields.input) && fields.input.length === 0 && fields.messages == null;
  if (isNothing) return { body: { ...head, data: [], usage: usageOf(0) }, tokens: 0 };
  const input = readInput(fields);
  const outputs = await call.enter(model, fields, async (engine) => {
    const { prompts, reading } = await promptsOf(input, fields, model, call.options, engine);
    const poolingParams = poolingParamsOf(fields);
    return model.llm.classify(prompts, { ...reading, ...engine, poolingParams, ...(fields.head != null && { head: fields.head }) });
  });
  const data = outputs.map(({ outputs: { label, probs, num_classes } }, index) => ({
    index,
    label,
    probs: Array.from(probs),
    num_classes,
  }));
  const tokens = call.tokensOf(outputs);
  return { body: { ...head, data, usage: usageOf(tokens) }, tokens };
}
