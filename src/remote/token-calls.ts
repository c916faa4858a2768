/** Calls of tokenize and detokenize, one request a prompt: servers take one at a time. */
import { PoolingError } from '../errors.ts';
import type { TokenizeOutput } from '../types.ts';
import type { TokenizeRequest } from '../wire/protocol.ts';
import { ask } from './ask.ts';
import { unserved, type RemoteCall } from './remote-call.ts';
import { textOf } from './inputs.ts';

export async function tokenizeCall(
  { prompts, addSpecialTokens, offsets, maxTotalTokens }: TokenizeRequest,
  context: RemoteCall,
): Promise<TokenizeOutput[]> {
  const { server, served, lanes, signal } = context;
  const route = served.tokenize;
  if (!route) throw unserved('tokenize', context);
  if (offsets) throw new PoolingError('invalid-option', `${served.title} cannot be asked for returnOffsets.`);
  const texts = prompts.map((prompt, i) => textOf(prompt, `prompts[${i}]`, served.title));
  const outputs: TokenizeOutput[] = [];
  await lanes.all([...texts.entries()], signal, async ([i, text], ended) => {
    outputs[i] = route.read(await ask(server, route.path, route.body(text, addSpecialTokens), ended));
  });
  const total = outputs.reduce((sum, { count }) => sum + count, 0);
  if (total > (maxTotalTokens ?? Infinity)) {
    throw new PoolingError('too-many-tokens', `The prompts of one call may have ${maxTotalTokens} tokens in all, and these have ${total}.`);
  }
  return outputs;
}

export async function detokenizeCall(ids: ArrayLike<number>, context: RemoteCall): Promise<string> {
  const { server, served, lanes, signal } = context;
  const route = served.detokenize;
  if (!route) throw unserved('detokenize', context);
  if (!Array.isArray(ids) && !ArrayBuffer.isView(ids)) throw new PoolingError('invalid-input', 'detokenize takes a list of token ids.');
  let text = '';
  await lanes.all([Array.from(ids as ArrayLike<number>)], signal, async (list, ended) => {
    text = route.read(await ask(server, route.path, route.body(list), ended));
  });
  return text;
}
