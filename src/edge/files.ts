/** A path or file: URL -> a source that reads it, where the runtime has a file system; null for anything else. */
import { PoolingError } from '../errors.ts';
import { describeSource } from '../facade/load-request.ts';
import type { ModelFolder } from '../types.ts';
import type { SourceDescription } from '../wire/protocol.ts';

interface FileSystem {
  fs: typeof import('node:fs/promises');
  url: typeof import('node:url');
  path: typeof import('node:path');
}

/** Node's modules where the runtime has them: Node, Deno, Bun. Asked for by call, since bundlers for workerd and browsers follow every import. */
export function fileSystem(): FileSystem | null {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  const [fs, url, path] = [
    process?.getBuiltinModule?.('node:fs/promises'),
    process?.getBuiltinModule?.('node:url'),
    process?.getBuiltinModule?.('node:path'),
  ];
  return fs && url && path ? { fs, url, path } : null;
}

/** A scheme of one letter is a drive of Windows. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(text);
}

export async function fileSource(model: string | URL | ModelFolder): Promise<{ source: SourceDescription; name: string } | null> {
  if (typeof model !== 'string' && !(model instanceof URL)) return null;
  const text = String(model);
  const node = text === '' || (isUrl(text) && !text.startsWith('file:')) ? null : fileSystem();
  if (!node) return null;
  const { fs, url, path } = node;
  const folder = path.resolve(text.startsWith('file:') ? pathOf(text, url) : text);
  const there = await fs.stat(folder).then(
    () => true,
    () => false,
  );
  // `org/name` that is not here is a hub id. Anything else is a mistake, to be told of by the missing config.json.
  if (!there && describeSource(text, undefined, 'file:///').source.kind === 'hub') return null;
  const read = async (file: string): Promise<Response | null> => {
    try {
      return new Response(await fs.readFile(path.join(folder, file)));
    } catch (error) {
      // ENOTDIR: a file is where a folder should be. EISDIR: the reverse.
      if (/^(ENOENT|ENOTDIR|EISDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return null;
      throw error;
    }
  };
  return { source: { kind: 'function', key: url.pathToFileURL(folder).href, read }, name: path.basename(folder) };
}

function pathOf(fileUrl: string, url: FileSystem['url']): string {
  try {
    return url.fileURLToPath(fileUrl);
  } catch (cause) {
    throw new PoolingError('invalid-option', `"${fileUrl}" does not name a folder of this machine.`, { cause });
  }
}
