/** Looks into rockpool's cache: is the model there whole, and how many of its bytes? */
import { LLM } from 'rockpool';
import type { ModelCard } from './model-cards.ts';

export interface Cached {
  whole: boolean;
  bytes: number;
}

export async function findCached({ path }: ModelCard): Promise<Cached> {
  try {
    const wanted = new URL(path, document.baseURI).href;
    const model = (await LLM.inspectCache()).find((entry) => withoutSlash(entry.model) === wanted);
    if (!model) return { whole: false, bytes: 0 };
    const weights = model.files.some((file) => file.complete && file.path.endsWith('.onnx'));
    return { whole: weights && model.files.every((file) => file.complete), bytes: model.bytes };
  } catch {
    return { whole: false, bytes: 0 }; // a forbidden cache is the same as an empty one: the page asks before it downloads
  }
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');
