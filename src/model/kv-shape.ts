/** config.json -> the shape of what a decoder keeps of earlier tokens. We never have any, and its graph wants to be told so, in this shape. */
import { textValue } from './config-value.ts';
import type { JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';
import type { ModelSpec } from './model-spec.ts';

export function readKvShape(config: JsonObject): ModelSpec['kvShape'] {
  const count = (...names: string[]) => {
    const values = names.map((name) => textValue(config, name)).filter(isCount);
    return values[0] ?? null;
  };
  const heads = count('num_attention_heads', 'n_head');
  const hidden = count('hidden_size', 'n_embd');
  const kvHeads = count('num_key_value_heads') ?? heads;
  const headDim = count('head_dim') ?? (heads !== null && hidden !== null && hidden % heads === 0 ? hidden / heads : null);
  return kvHeads === null || headDim === null ? null : { kvHeads, headDim };
}
