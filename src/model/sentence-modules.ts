/** modules.json, as Sentence-Transformers 2.x to 6.x write it -> the list of modules by kind. */
import { invalid, isObject, parseList } from './json-file.ts';
import { modelPath } from './model-path.ts';

export interface SentenceModule {
  /** Last part of the class path: `Transformer`, `Pooling`, `Normalize`, `Dense`, … The parts before it change with each major version. */
  kind: string;
  /** The class path, for messages. */
  type: string;
  /** Its folder, or nothing for the model's own. */
  path: string;
}

export function parseModules(bytes: Uint8Array, place: string): SentenceModule[] {
  return parseList(bytes, place).map((item, i) => {
    if (!isObject(item) || typeof item['type'] !== 'string' || typeof item['path'] !== 'string') {
      throw invalid(place, `module ${i} needs a "type" and a "path", both text`);
    }
    const { type, path } = item as { type: string; path: string };
    return { type, kind: type.slice(type.lastIndexOf('.') + 1), path: path === '' ? '' : modelPath(path, 'modules.json') };
  });
}

export function findPooling(modules: readonly SentenceModule[] | null): SentenceModule | null {
  return modules?.find(({ kind }) => kind === 'Pooling') ?? null;
}
