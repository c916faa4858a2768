/** The user's files as what is searched: hits are parts of them, with the passage that fits. */
import { contentWords } from '../corpus/words.ts';
import type { FilesIndex } from '../files/files-index.ts';
import type { Library, LibraryFile, Part } from '../files/library.ts';
import type { Found, Source } from './source.ts';

export function createFilesSource(library: Library, index: FilesIndex): Source {
  const find = async (query: string | null, vector: Float32Array, k: number): Promise<Found[]> =>
    (await index.search(query, vector, k)).map(({ id, score, passage: { start, end } }) => ({ id, score, passage: { start, end } }));
  return {
    one: 'part',
    many: 'parts',
    words: () => (library.state.get().loaded ? library.words : null),
    indexed() {
      const { done, total, kind } = index.state.get();
      return { done, total, running: kind === 'running' };
    },
    nearest: (vector, k) => find(null, vector, k),
    both: (query, vector, k) => find(contentWords(query), vector, k),
    show(id) {
      const found = library.place(id);
      if (!found) return null;
      const { file, part } = found;
      const textOf = ({ start, end }: Part) => file.text.slice(start, end);
      return {
        id,
        name: file.name,
        place: (at, end) => placeOf(file, part, at, end),
        title: '',
        text: textOf(part),
        whole: { label: file.name, texts: () => file.parts.map(textOf), at: part.number },
      };
    },
    nothing: () => (library.state.get().files.length === 0 ? 'There is no file yet.' : null),
    onWords: (listener) => library.state.subscribe(listener),
    onIndexed: (listener) => index.state.subscribe(listener),
  };
}

/** Pages where there are pages. */
function placeOf({ pages, parts }: LibraryFile, part: Part, at: number, end: number): string {
  if (!pages) return parts.length === 1 ? 'all of it' : `part ${part.number + 1} of ${parts.length}`;
  const pageOf = (place: number) => pages.filter((start) => start <= part.start + place).length;
  const [first, last] = [pageOf(at), pageOf(Math.max(at, end - 1))];
  return first === last ? `page ${first} of ${pages.length}` : `pages ${first}–${last} of ${pages.length}`;
}
