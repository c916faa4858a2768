/** POST /rerank, /v1/rerank and /v2/rerank: vLLM's answer to vLLM's, Jina's and Cohere's bodies. */
import type { Answer, Call } from '../call.ts';
import { scoreOptionsOf, textOf, textsOf, type Side } from '../request-pairs.ts';
import type { RerankRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';

export async function rerank(fields: FieldsOf<typeof RerankRequest>, call: Call): Promise<Answer> {
  const documents = textsOf(fields.documents as Side, 'documents');
  const query = textOf(fields.query as Exclude<Side, readonly unknown[]>, 'query');
  const model = call.models.pick(fields.model, ['score']);
  const outputs = await call.enter(model, fields, (engine) =>
    model.llm.score(query, documents, { ...scoreOptionsOf(fields, call.options, model), ...engine }),
  );
  const tokens = call.tokensOf(outputs);
  const results = outputs
    .map(({ outputs: { score } }, index) => ({
      index,
      ...(fields.return_documents && { document: { text: documents[index]!, multi_modal: null } }),
      relevance_score: score,
    }))
    // Stable: equals keep the order of the documents.
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, fields.top_n || undefined);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  // Cohere's clients look for it.
  const meta = { api_version: { version: '2' }, billed_units: { search_units: 1 } };
  return { body: { id: `rerank-${call.id}`, model: model.name, usage, results, ...(call.path === '/v2/rerank' && { meta }) }, tokens };
}
