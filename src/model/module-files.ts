/** Modules of modules.json -> their config.json, and the weights of those that have some. */
import { PoolingError } from '../errors.ts';
import type { FileContext } from '../files/fetch-file.ts';
import type { JsonObject } from '../files/json-file.ts';
import { requiredObject, readFile } from '../files/read-file.ts';
import { readSafetensors, type Tensors } from '../files/safetensors.ts';
import { LAYERS, type SentenceModule } from './sentence-modules.ts';
import { allOrNone } from '../within.ts';

export interface ModuleFiles {
  config: JsonObject;
  /** Of Dense and LayerNorm. */
  tensors: Tensors | null;
}
/** By the module's path. Transformer, Normalize and Dropout have no file that says more than modules.json. */
export type ModuleFilesByPath = ReadonlyMap<string, ModuleFiles>;

const KINDS = [...LAYERS, 'Pooling', 'MultiVectorMask', 'LogitScore'];

export async function fetchModules(
  context: FileContext,
  modules: readonly SentenceModule[],
  signal: AbortSignal | undefined,
): Promise<ModuleFilesByPath> {
  const read = modules.filter(({ kind }) => KINDS.includes(kind));
  const files = await allOrNone<ModuleFiles[]>(
    signal,
    read.map((module) => async (own: AbortSignal) => ({
      config: await requiredObject(context, inFolder(module, 'config.json'), own),
      tensors: LAYERS.includes(module.kind) ? await weights(context, module, own) : null,
    })),
  );
  return new Map(read.map(({ path }, i) => [path, files[i]!]));
}

export function inFolder({ path }: SentenceModule, file: string): string {
  return path === '' ? file : `${path}/${file}`;
}

/** vLLM goes on without a layer whose weights it does not find, with another vector than the model's. */
async function weights(context: FileContext, module: SentenceModule, signal: AbortSignal): Promise<Tensors> {
  const path = inFolder(module, 'model.safetensors');
  const tensors = await readFile(context, path, readSafetensors, 'absent', signal);
  if (tensors !== null) return tensors;
  throw new PoolingError(
    'unsupported-model',
    `${path} is missing: there is no such file at ${context.source.locate(path)}, and ${module.type} needs its weights. rockpool does not read pytorch_model.bin: convert it to safetensors, by saving the model with a newer Sentence-Transformers.`,
  );
}
