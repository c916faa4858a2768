/** config.json -> the adapters of a model that has one for each task, as jina-embeddings-v3. */
import { invalid, type JsonObject } from '../files/json-file.ts';

/** The only one that vLLM runs such a model with. */
const usual = 'text-matching';

interface Adapters {
  taskAdapters: string[] | null;
  defaultAdapter: number | null;
}

export function readAdapters(config: JsonObject): Adapters {
  const list = config['lora_adaptations'] ?? null;
  if (list === null) return { taskAdapters: null, defaultAdapter: null };
  if (!Array.isArray(list) || list.length === 0 || !list.every((name) => typeof name === 'string')) {
    throw invalid('config.json', `lora_adaptations is ${JSON.stringify(list)}, not a list of names`);
  }
  return { taskAdapters: list, defaultAdapter: Math.max(list.indexOf(usual), 0) };
}
