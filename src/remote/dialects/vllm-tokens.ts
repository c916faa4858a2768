/** vLLM's /tokenize and /detokenize. */
import type { DetokenizeRoute, TokenizeRoute } from '../dialect.ts';
import { fieldsOf, lengthOf, wrong } from '../read-answer.ts';
import type { VllmServer } from './vllm-routes.ts';

export function tokenizeRoute({ root, model }: VllmServer): TokenizeRoute {
  return {
    path: `${root}/tokenize`,
    body: (prompt, addSpecialTokens) => ({ model, prompt, add_special_tokens: addSpecialTokens, return_token_strs: true }),
    read(answer) {
      const { tokens, token_strs: strings, max_model_len: length } = fieldsOf(answer, 'the answer');
      if (!Array.isArray(tokens) || !tokens.every(Number.isInteger)) throw wrong('no token ids');
      if (!Array.isArray(strings) || strings.length !== tokens.length || !strings.every((text) => typeof text === 'string')) {
        throw wrong('no text for each token');
      }
      return {
        count: tokens.length,
        max_model_len: lengthOf(length),
        tokens,
        token_strs: strings,
        offsets: null,
      };
    },
  };
}

export function detokenizeRoute({ root, model }: VllmServer): DetokenizeRoute {
  return {
    path: `${root}/detokenize`,
    body: (tokens) => ({ model, tokens }),
    read(answer) {
      const { prompt } = fieldsOf(answer, 'the answer');
      if (typeof prompt !== 'string') throw wrong('no text');
      return prompt;
    },
  };
}
