/** POST /tokenize and /detokenize: vLLM's. */
import type { Answer, Call } from '../call.ts';
import { badRequest, tooManyTokens } from '../http-error.ts';
import { render } from '../request-prompts.ts';
import type { DetokenizeRequest, TokenizeRequest } from '../schemas/requests.ts';
import type { FieldsOf } from '../validation.ts';
import type { ChatMessage } from '../../types.ts';

export async function tokenize(fields: FieldsOf<typeof TokenizeRequest>, call: Call): Promise<Answer> {
  const { prompt, messages } = fields;
  if ((prompt == null) === (messages == null)) throw badRequest('Give `prompt` or `messages`, one of the two.', 'prompt');
  const model = call.models.find(fields.model);
  const [output] = await call.enter(model, fields, async ({ signal, maxTotalTokens }) => {
    const text = prompt ?? (await render(messages as ChatMessage[], fields, model, call.options, signal));
    return model.llm.tokenize(text, {
      addSpecialTokens: fields.add_special_tokens ?? prompt != null,
      signal,
      ...(maxTotalTokens && { maxTotalTokens }),
    });
  });
  const { count, max_model_len, tokens, token_strs } = output!;
  return { body: { count, max_model_len, tokens, token_strs: fields.return_token_strs ? token_strs : null } };
}

export async function detokenize(fields: FieldsOf<typeof DetokenizeRequest>, call: Call): Promise<Answer> {
  const model = call.models.find(fields.model);
  const prompt = await call.enter(model, fields, ({ signal, maxTotalTokens = Infinity }) => {
    if (fields.tokens.length > maxTotalTokens) throw tooManyTokens(maxTotalTokens);
    return model.llm.detokenize(fields.tokens, { signal });
  });
  return { body: { prompt } };
}
