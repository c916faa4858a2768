/** Options as the caller gave them, and as an index was stored -> what an index works with. */
import { PoolingError, shown } from '../errors.ts';
import { isPlain, readOptions } from '../facade/options.ts';
import { rolePrompt } from '../facade/role-prompt.ts';
import { checkKind, checkKinds, COUNT, FLAG, oneOf, type Kinds } from '../kinds.ts';
import { computeWith, type Compute } from './compute.ts';
import { Contents } from './contents.ts';
import { checkTitles } from './cut-document.ts';
import { identify, type ModelIdentity } from './model-identity.ts';
import { PRECISIONS, rowFormat } from './row-format.ts';
import type { CoarseOptions, Embedder, IndexOptions, SearchDocument } from './search-types.ts';
import type { IndexHead, StoredOptions } from './storage/protocol.ts';

export interface Settings extends IndexHead {
  /** Of the model that is there now. */
  model: ModelIdentity;
  compute: Compute;
  /** Throws `invalid-input` for what `compute` could not cut. */
  checkTitles(documents: readonly SearchDocument[], signal: AbortSignal | undefined): Promise<void>;
  emptyContents(): Contents;
}

/** What is stored with an index. `bound`: the vectors and passages depend on it, so that it is as it was stored. */
const STORED: Readonly<Record<keyof StoredOptions, 'bound' | 'free'>> = {
  precision: 'bound',
  passageTokens: 'bound',
  lateChunking: 'bound',
  documentPromptName: 'bound',
  queryPromptName: 'free',
  coarse: 'free',
  keywords: 'free',
};
export const STORED_OPTIONS = Object.keys(STORED) as (keyof StoredOptions)[];
const BOUND = STORED_OPTIONS.filter((name) => STORED[name] === 'bound');

export const OPTIONS = ['name', ...STORED_OPTIONS, 'device', 'worker', 'onLog'] as const;

const KINDS: Kinds<IndexOptions> = {
  precision: oneOf(PRECISIONS),
  device: oneOf(['auto', 'wasm', 'webgpu']),
  keywords: FLAG,
  lateChunking: FLAG,
  passageTokens: COUNT,
  coarse: ['an object of options', isPlain],
};
const COARSE_KINDS: Kinds<CoarseOptions> = {
  oversample: ['a number of at least 1', (value) => typeof value === 'number' && value >= 1 && value < Infinity],
};

/** What each is on its own; the rest depends on the model, and on what is stored. */
export function checkOptions(options: IndexOptions): void {
  checkKinds(options, KINDS);
  const coarse = readOptions<CoarseOptions>(options.coarse, ['precision', 'dimensions', 'oversample'], 'coarse');
  checkKinds(coarse, COARSE_KINDS, { before: 'coarse.' });
  checkName(options.name ?? '-');
}

export function checkName(name: string): void {
  if (typeof name !== 'string' || name === '') throw invalid(`The name of an index must be a text, got ${shown(name)}.`);
}

/** Embeds one text, by which the model is known. `what`: the stored index, for messages. */
export async function settle(
  llm: Embedder,
  given: IndexOptions,
  stored: StoredOptions,
  what: string,
  signal?: AbortSignal,
): Promise<Settings> {
  const { name: _, worker: _w, onLog, device, ...own } = given;
  const options: StoredOptions = { ...(stored === NONE ? ownPrompts(llm) : stored), ...defined(own) };
  const differs = BOUND.find((key) => given[key] !== undefined && stored !== NONE && given[key] !== (stored[key] ?? DEFAULTS[key]));
  if (differs) {
    const was = stored[differs] ?? DEFAULTS[differs];
    const made = was === undefined ? `without ${differs}` : `with ${differs} ${shown(was)}`;
    throw invalid(`${what} was made ${made}, and cannot have ${shown(given[differs])}.`);
  }
  if (options.lateChunking) checkLateChunking(llm);
  const model = await identify(llm, options, signal).catch((error: unknown) => {
    // A server refuses a prompt as it refuses any other input.
    const isRefused = error instanceof PoolingError && ['invalid-option', 'invalid-input'].includes(error.code);
    if (stored === NONE || !stored.documentPromptName || !isRefused) throw error;
    const message = `${what} was made with the prompt "${stored.documentPromptName}" of another model. ${error.message}`;
    throw new PoolingError('model-mismatch', message, { cause: error });
  });
  await checkQueryPrompt(llm, given, signal);
  const size = model.canary.length;
  checkCoarse(options, size);
  return {
    options,
    model,
    rowBytes: rowFormat(options.precision ?? 'float32', size).packedBytes,
    compute: computeWith(llm, size, options),
    checkTitles: (documents, signal) => checkTitles(llm, options, documents, signal),
    emptyContents: () => new Contents(size, { ...options, ...(onLog && { onLog }), ...(device && { device }) }),
  };
}

/** For an index that is not stored. */
export const NONE: StoredOptions = {};
const DEFAULTS: StoredOptions = { precision: 'float32', lateChunking: false };

/** By name, so that they stay what they are, whatever a later version of the model or of rockpool prefers. */
function ownPrompts({ info }: Embedder): StoredOptions {
  return defined({ queryPromptName: rolePrompt('query', info), documentPromptName: rolePrompt('document', info) });
}

/** Of the documents' the canary tells. One that the model's files do not name may be an adapter's, or a server's: the model knows. */
async function checkQueryPrompt(llm: Embedder, { queryPromptName: promptName }: IndexOptions, signal?: AbortSignal): Promise<void> {
  if (!promptName || Object.hasOwn(llm.info.prompts, promptName)) return;
  await llm.embed('A question', { promptName, ...(signal && { signal }) });
}

function defined(options: { [Name in keyof StoredOptions]: StoredOptions[Name] | undefined }): StoredOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkCoarse({ coarse }: StoredOptions, size: number): void {
  if (!coarse) return;
  const { precision, dimensions = size } = coarse;
  checkKind('coarse.precision', precision, KINDS.precision!);
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > size)
    throw invalid(`coarse.dimensions must be an integer from 1 to ${size}, the model's size, got ${shown(dimensions)}.`);
}

/** The mean of some tokens lies among the means of texts, and among no other vectors. */
function checkLateChunking({ info, tokenEmbed }: Embedder): void {
  const { model, pooler, tasks, takes, adapter } = info;
  if (takes && !takes.token_embed?.includes('late_chunking_params'))
    throw invalid(
      `lateChunking needs a model that was loaded: ${adapter} cannot be asked for the vectors of passages. Load it here, or make the index without.`,
    );
  if (tokenEmbed && tasks.includes('token_embed') && pooler.pooling_type === 'MEAN') return;
  throw invalid(
    `lateChunking needs a model that is pooled by MEAN and gives token vectors, and "${model}" is pooled by ${pooler.pooling_type}.`,
  );
}

const invalid = (message: string) => new PoolingError('invalid-option', message);
