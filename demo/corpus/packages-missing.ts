/** The error of a fetch of the packages in, a box with its retry out. */
import { errorBox } from '../ui/error-box.ts';
import type { Corpus } from './corpus.ts';

const words = {
  what: 'The list of packages did not arrive.',
  means: 'There is nothing to search yet.',
  todo: 'Check the connection and try again.',
};

export const packagesMissing = (corpus: Corpus, error: unknown): HTMLElement =>
  errorBox(error, [{ label: 'Try again', run: () => void corpus.load() }], words);
