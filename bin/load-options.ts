/** Flags about the model -> the options of LLM.load. */
import type { Dtype, LoadOptions, Task } from '../src/types.ts';
import { wrongUse } from './failure.ts';
import type { modelFlags, Values } from './flags.ts';

export type ModelValues = Values<typeof modelFlags>;

/** torch's names, as `vllm serve` has them. */
const DTYPES: Readonly<Record<string, Dtype>> = { float: 'fp32', float32: 'fp32', half: 'fp16', float16: 'fp16' };

export function loadOptions(values: ModelValues, model: string): LoadOptions {
  const { HF_ENDPOINT, HF_TOKEN } = process.env;
  const { dtype, revision, hub: base = HF_ENDPOINT || undefined, 'hf-token': token = HF_TOKEN } = values;
  const task = taskOf(values);
  const pooler = { ...values['pooler-config'], ...(task && { task }) };
  const overrides = values['hf-overrides'];
  const maxModelLen = values['max-model-len'];
  return {
    device: deviceOf(values),
    ...(dtype && dtype !== 'auto' && { dtype: DTYPES[dtype] ?? (dtype as Dtype) }),
    ...((base || revision) && { hub: { ...(base && { base }), ...(revision && { revision }) } }),
    // The hub's token is no business of another server's.
    ...(token && !/^[a-z][a-z\d+.-]+:/i.test(model) && { headers: { authorization: `Bearer ${token}` } }),
    ...(Object.keys(pooler).length > 0 && { overridePoolerConfig: pooler }),
    ...(overrides && { hfOverrides: overrides }),
    ...(maxModelLen !== undefined && { maxModelLen }),
    ...(values.cache !== undefined && { cache: values.cache }),
    ...(values['self-check'] !== undefined && { selfCheck: values['self-check'] }),
  };
}

export function deviceOf({ device = 'auto' }: ModelValues): 'auto' | 'webgpu' | 'wasm' {
  return device === 'cpu' ? 'wasm' : device;
}

/** vLLM has three names for it. Null: all that the model serves. */
function taskOf({ task, convert, 'pooler-config': pooler }: ModelValues): Task | null {
  const given = [task === 'embedding' ? 'embed' : task, convert, pooler?.['task']];
  const named = new Set(given.filter((name) => name !== undefined && name !== null && name !== 'auto' && name !== 'none'));
  if (named.size > 1)
    throw wrongUse(`--task, --convert and the task of --pooler-config are one setting, and say: ${[...named].join(', ')}.`);
  return ([...named][0] as Task | undefined) ?? null;
}
