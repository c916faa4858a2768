/** A folder -> as much of the Cache API as model files need, for runtimes that have none: Node and Bun. A download that broke off goes on. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** $ROCKPOOL_CACHE, or where the system's users expect such files. */
export function cacheFolder(): string {
  const { ROCKPOOL_CACHE, XDG_CACHE_HOME } = process.env;
  return ROCKPOOL_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'rockpool');
}

export function installDiskCache(folder: string): void {
  const caches = { open: async (name: string) => diskCache(join(folder, name)) };
  Object.defineProperty(globalThis, 'caches', { value: caches, configurable: true, writable: true });
}

let files = 0;

export function diskCache(folder: string): Pick<Cache, 'match' | 'put' | 'delete'> {
  return {
    async match(key) {
      const bytes = await readFile(fileOf(folder, key)).catch(nullIfAbsent);
      if (!bytes) return undefined;
      const end = bytes.indexOf('\n');
      return new Response(bytes.subarray(end + 1), { headers: JSON.parse(bytes.toString('utf8', 0, end)) as Record<string, string> });
    },
    async put(key, response) {
      const file = fileOf(folder, key);
      await mkdir(dirname(file), { recursive: true });
      // Under a name of its own first: neither a kill nor another process shows half a file.
      const draft = `${file}.${process.pid}-${files++}`;
      try {
        const head = `${JSON.stringify(Object.fromEntries(response.headers))}\n`;
        await writeFile(draft, Buffer.concat([Buffer.from(head), Buffer.from(await response.arrayBuffer())]));
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async delete(key) {
      return rm(fileOf(folder, key)).then(
        () => true,
        (error: unknown) => nullIfAbsent(error) !== null,
      );
    },
  };
}

/** A key's path has its names encoded and its dots resolved: it cannot leave the folder, and says which model a file is of. */
function fileOf(folder: string, key: RequestInfo | URL): string {
  const { pathname } = new URL(key instanceof Request ? key.url : key);
  return join(folder, ...pathname.split('/').filter((part) => part !== '')) + '.entry';
}

function nullIfAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
