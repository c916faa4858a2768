/** A model's folder, named from the repository's root -> what `LLM.load` takes: a function from path to Response. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** `files`: what takes the place of the folder's own, as text. A folder with no tokenizer has all-MiniLM-L6-v2's, as e2e/models/README.md says. */
export function modelFolder(folder, files = {}) {
  return async (path) => {
    if (Object.hasOwn(files, path)) return new Response(files[path]);
    const places = [folder, ...(path === 'tokenizer.json' ? ['models/all-MiniLM-L6-v2'] : [])].map((place) => join(root, place, path));
    const file = places.find((place) => existsSync(place));
    return file === undefined ? null : new Response(readFileSync(file));
  };
}
