/** A file of `export` -> its documents in an index that has vectors as it has. All of it is checked before the first of it is in. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { notify } from '../facade/listeners.ts';
import type { ComputedDocument } from './contents.ts';
import type { IndexFile } from './index-file.ts';
import { checkSameModel, haveOneDirection, isSameModel } from './model-identity.ts';
import type { AddOptions } from './search-types.ts';
import type { Settings } from './settings.ts';

/** `put`: into the index, all of them or none. */
export async function importFile(
  file: IndexFile,
  settings: Settings,
  put: (documents: ComputedDocument[]) => Promise<unknown>,
  { onProgress, signal }: AddOptions,
): Promise<void> {
  checkAlike(file, settings);
  for await (const _ of file.read()) throwIfAborted(signal);
  let [done, passages] = [0, 0];
  for await (const documents of file.read()) {
    throwIfAborted(signal);
    await put(documents);
    passages += documents.reduce((sum, { rows }) => sum + rows.length, 0);
    notify(onProgress, { done: (done += documents.length), total: file.documents, passages });
  }
}

/** A prompt may have another name elsewhere, or none: what counts is whether the vectors are the same. */
function checkAlike({ options: theirs, model }: IndexFile, { options: ours, model: ownModel }: Settings): void {
  const precisions = [theirs.precision ?? 'float32', ours.precision ?? 'float32'] as const;
  if (precisions[0] !== precisions[1])
    throw invalid(`The file was made with precision ${precisions[0]}, and this index has ${precisions[1]}.`);
  const [late, ownLate] = [theirs.lateChunking ?? false, ours.lateChunking ?? false];
  if (late !== ownLate)
    throw invalid(`The file was made with lateChunking ${late}, and this index with ${ownLate}: the two make other vectors.`);
  if (isSameModel(model, ownModel)) return;
  const [name, ownName] = [theirs.documentPromptName, ours.documentPromptName];
  const isOther = model.name !== ownModel.name || model.canary.length !== ownModel.canary.length || haveOneDirection(model, ownModel);
  if (name === ownName || isOther) checkSameModel(model, ownModel, 'The file');
  const named = (one: string | undefined) => (one === undefined ? 'no documentPromptName' : `documentPromptName ${JSON.stringify(one)}`);
  throw invalid(
    `The file was made with ${named(name)}, and this index with ${named(ownName)}: the two make other vectors. ` +
      `Import it into an index that is made with documentPromptName ${JSON.stringify(name ?? '')}.`,
  );
}

const invalid = (message: string) => new PoolingError('invalid-option', message);
