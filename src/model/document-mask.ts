/**
 * The mask of a late-interaction model's documents. Its words are not left out of MaxSim: vLLM, whose scores ours are, counts every token.
 */
import { PoolingError } from '../errors.ts';
import { inFolder, type ModuleFilesByPath } from './module-files.ts';
import type { SentenceModule } from './sentence-modules.ts';

/** Throws if the mask keeps nothing but certain tokens: it then makes the document, and does not trim it. */
export function checkMask(mask: SentenceModule | null, files: ModuleFilesByPath): void {
  if (mask === null || (files.get(mask.path)!.config['keep_only_token_ids'] ?? null) === null) return;
  throw new PoolingError(
    'unsupported-model',
    `keep_only_token_ids (${inFolder(mask, 'config.json')}) is not supported: it is for documents that are images.`,
  );
}
