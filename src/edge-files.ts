/** A path or file: URL -> a source that reads it, where the runtime has a file system; null for anything else. */
import type { ModelFolder } from './types.ts';
import type { SourceDescription } from './wire/protocol.ts';

/** Node's modules by a name that bundlers do not follow: workerd and browsers never get here. */
const fsModule = 'node:fs/promises';
const urlModule = 'node:url';
const pathModule = 'node:path';

export async function fileSource(model: string | URL | ModelFolder): Promise<{ source: SourceDescription; name: string } | null> {
  if (typeof model !== 'string' && !(model instanceof URL)) return null;
  const text = String(model);
  if (/^[a-z][a-z\d+.-]+:/i.test(text) && !text.startsWith('file:')) return null;
  if (!(globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node) return null;
  const [fs, url, path] = await Promise.all([
    import(/* @vite-ignore */ fsModule) as Promise<typeof import('node:fs/promises')>,
    import(/* @vite-ignore */ urlModule) as Promise<typeof import('node:url')>,
    import(/* @vite-ignore */ pathModule) as Promise<typeof import('node:path')>,
  ]).catch(() => [null, null, null] as const);
  if (!fs) return null;
  const folder = text.startsWith('file:') ? url.fileURLToPath(text) : path.resolve(text);
  const there = await fs.stat(folder).then((stat) => stat.isDirectory(), () => false);
  // `org/name` that is no folder here is a hub id; a path that says it is one is a mistake to be told of by the missing config.json.
  if (!there && !/^([./\\]|file:)/.test(text)) return null;
  const read = async (file: string): Promise<Response | null> => {
    try {
      return new Response(await fs.readFile(path.join(folder, file)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };
  return { source: { kind: 'function', key: url.pathToFileURL(folder).href, read }, name: path.basename(folder) };
}
