/** POST /score and /v1/score: vLLM's. */
import { usageOf, type Answer, type Call } from '../call.ts';
import { badRequest } from '../http-error.ts';
import { scoreOptionsOf, textsOf, type Side } from '../request-pairs.ts';
import type { ScoreRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';

type Fields = FieldsOf<typeof ScoreRequest>;

const NAMES = [
  ['queries', 'documents'],
  ['queries', 'items'],
  ['data_1', 'data_2'],
  ['text_1', 'text_2'],
] as const;

export async function score(fields: Fields, call: Call): Promise<Answer> {
  const names = NAMES.find(([first, second]) => fields[first] != null && fields[second] != null);
  if (!names) throw badRequest(`Give both sides: ${NAMES.map((pair) => pair.join(' and ')).join(', ')}.`);
  const [queries, documents] = names.map((name) => textsOf(fields[name] as Side, name)) as [string[], string[]];
  const model = call.models.pick(fields.model, ['score']);
  const outputs = await call.enter(model, fields, (engine) =>
    model.llm.score(queries, documents, { ...scoreOptionsOf(fields, call.options, model), ...engine }),
  );
  const data = outputs.map(({ outputs: { score } }, index) => ({ index, object: 'score', score }));
  const tokens = call.tokensOf(outputs);
  const head = { id: `score-${call.id}`, object: 'list', created: call.created, model: model.name };
  return { body: { ...head, data, usage: usageOf(tokens) }, tokens };
}
