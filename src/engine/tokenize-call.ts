/** Calls of tokenize and detokenize: prompts to their token ids and strings, in input order, and back. The model itself is not asked. */
import { PoolingError } from '../errors.ts';
import { offsetsIn } from '../text/prompt-offsets.ts';
import { checkIds } from '../text/text-ids.ts';
import { tokenizeAll, type TokenizeSettings } from '../text/tokenize.ts';
import type { TokenizeOutput } from '../types.ts';
import type { TokenizeRequest } from '../wire/protocol.ts';
import type { CallContext } from './compute.ts';
import { tokenAllowance } from './token-allowance.ts';

type TokenizeContext = Pick<CallContext, 'spec' | 'tokenizer' | 'pause' | 'signal'>;

export async function tokenizeCall(
  { prompts, addSpecialTokens, offsets, maxTotalTokens }: TokenizeRequest,
  { spec, tokenizer, pause, signal }: TokenizeContext,
): Promise<TokenizeOutput[]> {
  const { vocabSize, doLowerCase, maxModelLen } = spec;
  const whole = { truncation: null, prompt: null, includePrompt: true };
  const settings: TokenizeSettings = { tokenizer, vocabSize, doLowerCase, addSpecialTokens, ...whole, pause, signal };
  const spend = tokenAllowance(maxTotalTokens);
  const outputs: TokenizeOutput[] = [];
  for await (const encoding of tokenizeAll(prompts, settings)) {
    spend(encoding.ids.length);
    const tokens = [...encoding.ids];
    outputs.push({
      count: tokens.length,
      max_model_len: maxModelLen,
      tokens,
      token_strs: tokens.map((id) => tokenizer.tokenOf(id)),
      offsets: offsets ? await offsetsIn(prompts[outputs.length]!, encoding, settings) : null,
    });
  }
  return outputs;
}

export function detokenizeCall(ids: ArrayLike<number>, { spec, tokenizer }: Pick<CallContext, 'spec' | 'tokenizer'>): string {
  if (!Array.isArray(ids) && !ArrayBuffer.isView(ids)) throw new PoolingError('invalid-input', 'detokenize takes a list of token ids.');
  checkIds(ids, spec.vocabSize);
  return tokenizer.decode(Array.from(ids as ArrayLike<number>));
}
