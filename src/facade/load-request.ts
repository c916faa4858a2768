/** A model's name and load options, as a caller gives them -> a LoadRequest that can cross to a worker, every default filled in. */
import { PoolingError, shown } from '../errors.ts';
import type { LoadOptions, ModelFolder } from '../types.ts';
import type { LoadRequest, SourceDescription } from '../wire/protocol.ts';
import { readOptions, type EitherSpelling } from './options.ts';

/** Options that cross to the engine as they are. */
const DEFAULTS = {
  device: 'auto',
  dtype: null,
  cache: true,
  integrity: {},
  headers: {},
  overridePoolerConfig: {},
  hfOverrides: {},
  maxModelLen: null,
  servedModelName: null,
  selfCheck: true,
  threads: null,
  wasmPath: null,
} as const satisfies Omit<LoadRequest, 'source' | 'name' | 'heads'>;

const CROSSING = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[];
const LOAD_OPTIONS: readonly (keyof LoadOptions)[] = [...CROSSING, 'hub', 'heads', 'signal', 'onProgress', 'onLog'];

export function readLoadOptions<T extends LoadOptions>(
  given: EitherSpelling<T> | undefined,
  more: readonly (keyof T & string)[],
): Partial<T> {
  const options = readOptions<T>(given, [...LOAD_OPTIONS, ...more], 'LLM.load');
  const { device } = options;
  if (device !== undefined && !['auto', 'webgpu', 'wasm'].includes(device)) {
    throw new PoolingError('invalid-option', `device must be "auto", "webgpu" or "wasm", got ${shown(device)}.`);
  }
  return options;
}

/** `describe` names the folders of heads, as it does the model's. */
export function loadRequest(
  { source, name }: { source: SourceDescription; name: string },
  options: LoadOptions,
  describe: (folder: string | URL) => SourceDescription,
): LoadRequest {
  const given = Object.fromEntries(CROSSING.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]));
  const heads = Object.entries(options.heads ?? {}).map(([head, folder]) => [head, describe(folder)] as const);
  return { ...DEFAULTS, ...given, source, name, heads: Object.fromEntries(heads) };
}

const HUB_ID = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?\/?$/;

/**
 * `org/name` can be a folder beside the page or a repository on the hub: the folder wins, as with Python's libraries. Everything else is a
 * URL, relative ones against `base` (null where a realm has none).
 */
export function describeSource(
  model: string | URL | ModelFolder,
  hub: LoadOptions['hub'],
  base: string | null,
): { source: SourceDescription; name: string } {
  if (typeof model === 'function') return { source: { kind: 'function', key: 'custom', read: model }, name: 'custom' };
  if (isDirectory(model)) return { source: { kind: 'directory', handle: model }, name: model.name };
  if (typeof model === 'object' && model !== null && Symbol.iterator in model)
    return { source: { kind: 'files', files: [...model] }, name: 'files' };
  if (typeof model !== 'string' && !(model instanceof URL)) throw unusable(model);
  const id = String(model);
  if (typeof model === 'string' && HUB_ID.test(id)) {
    const name = id.replace(/\/$/, '');
    const local = base && new URL(`${name}/`, base).href;
    const { base: hubBase, revision } = hub ?? {};
    return { source: { kind: 'hub', id: name, local, base: hubBase ?? 'https://huggingface.co', revision: revision ?? 'main' }, name };
  }
  const from = base ?? undefined;
  if (id === '' || !URL.canParse(id, from)) throw unusable(model);
  const url = new URL(id, from);
  // Of the path alone: a signed URL keeps its query, and the query stays out of the name.
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return { source: { kind: 'url', base: url.href }, name: url.pathname.split('/').at(-2) || url.host };
}

function isDirectory(model: unknown): model is FileSystemDirectoryHandle {
  return (model as { kind?: unknown } | null | undefined)?.kind === 'directory';
}

function unusable(model: unknown): PoolingError {
  return new PoolingError(
    'invalid-option',
    `LLM.load takes the URL of a model folder, a hub id, or a folder the user picked, got ${shown(model)}.`,
  );
}
