/** POST /pooling: vLLM's, what `LLM.encode` gives, for any model. */
import { usageOf, type Answer, type Call } from '../call.ts';
import { carriedAs, checkFormat, type Item } from '../carried.ts';
import { badRequest } from '../http-error.ts';
import { poolingParamsOf } from '../pooling-params.ts';
import { countOf, promptsOf, readInput } from '../request-prompts.ts';
import type { PoolingRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';
import type { PoolTask } from '../../types.ts';

/** Without a task: the rows as they are, or else what the model gives instead. */
const TASKS: readonly PoolTask[] = ['encode', 'reward', 'token_classify', 'classify', 'token_embed', 'embed'];
const ONE_ROW: readonly PoolTask[] = ['embed', 'classify'];
const STATES: readonly PoolTask[] = ['encode', 'token_embed'];

export async function pooling(fields: FieldsOf<typeof PoolingRequest>, call: Call): Promise<Answer> {
  if (fields.dimensions != null) throw badRequest('dimensions is currently not supported', 'dimensions');
  const input = readInput(fields);
  checkFormat(fields, countOf(input));
  const model = call.models.pick(fields.model, fields.task ? [fields.task] : TASKS);
  const isPerToken = STATES.includes(model.task);
  const outputs = await call.enter(model, { ...fields, isPerToken }, async (engine) => {
    const { prompts, reading } = await promptsOf(input, fields, model, call.options, engine);
    return model.llm.encode(prompts, { ...reading, ...engine, poolingTask: model.task, poolingParams: poolingParamsOf(fields) });
  });
  const items = outputs.map(({ outputs: { data, shape } }): Item => ({ data, shape: ONE_ROW.includes(model.task) ? [shape[1]] : shape }));
  const head = { id: `pool-${call.id}`, object: 'list', created: call.created, model: model.name };
  return carriedAs(items, fields, head, usageOf(call.tokensOf(outputs)), 'data', call.options.limits);
}
