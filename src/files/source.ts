/** A source description -> one way to ask for a model's files by path, wherever they are. */
import { throwIfAborted } from '../errors.ts';
import type { SourceDescription } from '../wire/protocol.ts';
import { directorySource, filesSource, functionSource } from './local-source.ts';
import { within } from '../within.ts';

export interface ModelSource {
  /** URL of the folder, or its name: the cache's key, and what messages say. */
  readonly key: string;
  /** Local files are read again each time: they are neither cached nor retried. */
  readonly remote: boolean;
  /** Where the file is, for messages and locks. */
  locate(path: string): string;
  /** The answer as it came, whatever its status; null: there is no such file. */
  open(path: string, init: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal | undefined }): Promise<Response | null>;
}

interface SourceOptions {
  headers: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** A JSON file that says that a folder is what is looked for. */
  marker: string;
  /** Whether a folder's marker was kept by an earlier load: it stands for the folder when the network is gone. */
  isKept: (folder: string) => Promise<boolean>;
}

/** How long the page's own server may take to say whether it has the model. */
const probeMs = 30_000;

export async function openSource(description: SourceDescription, options: SourceOptions): Promise<ModelSource> {
  switch (description.kind) {
    case 'url':
      return urlSource(description.base, options.headers);
    case 'directory':
      return directorySource(description.handle);
    case 'files':
      return filesSource(description.files);
    case 'function':
      return functionSource(description.key, description.read);
    case 'hub': {
      // The headers are the hub's: a token has no business with the page's own server.
      if (description.local !== null && (await hasModel(description.local, options))) return urlSource(description.local, {});
      const id = description.id.split('/').map(encodeURIComponent).join('/');
      const base = `${description.base.replace(/\/+$/, '')}/${id}/resolve/${encodeURIComponent(description.revision)}`;
      return urlSource(base, options.headers);
    }
  }
}

function urlSource(base: string, headers: Readonly<Record<string, string>>): ModelSource {
  const locate = (path: string) => {
    const url = new URL(base);
    // Each segment is encoded, or a name with %2e%2e would be read as `..`. A query of the base (a signature) stays.
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path.split('/').map(encodeURIComponent).join('/')}`;
    url.hash = '';
    return url.href;
  };
  return {
    // Without a query, which may be a signature: the key names the model in the cache and in messages.
    key: base.replace(/[?#].*$/, '').replace(/\/+$/, ''),
    remote: true,
    locate,
    open: (path, init) => fetch(locate(path), { headers: { ...headers, ...init.headers }, signal: init.signal ?? null }),
  };
}

/** A 200 alone proves nothing: servers of single-page apps answer any path with their page. */
async function hasModel(folder: string, options: SourceOptions): Promise<boolean> {
  const source = urlSource(folder, {});
  try {
    const response = await within(probeMs, options.signal, source.open(options.marker, { signal: options.signal }));
    if (response?.status !== 200) {
      await response?.body?.cancel();
      return false;
    }
    const config: unknown = await within(probeMs, options.signal, response.json());
    return typeof config === 'object' && config !== null && !Array.isArray(config);
  } catch (error) {
    throwIfAborted(options.signal);
    // Not JSON: no model there. No network: only an earlier load can tell.
    return error instanceof SyntaxError ? false : options.isKept(source.key);
  }
}
