/** The folder of rockpool's files in the origin private file system. Handles of this kind exist in dedicated workers only. */
import type { FileHandle, Folder } from './row-file.ts';

const FOLDER = 'rockpool-search';
/** A tab that was killed may hold its file for a moment longer than its lock. */
const PATIENCE = 2_000;

type SyncFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<FileHandle> };

export async function opfsFolder(): Promise<Folder> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  return {
    async open(name) {
      const file = (await folder.getFileHandle(name, { create: true })) as SyncFile;
      return patiently(() => file.createSyncAccessHandle());
    },
    async remove(name) {
      await patiently(() => folder.removeEntry(name)).catch((error: unknown) => {
        if (!isNamed(error, 'NotFoundError')) throw error;
      });
    },
  };
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isNamed(error, 'NoModificationAllowedError') || performance.now() - begin > PATIENCE) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const isNamed = (error: unknown, name: string) => error instanceof DOMException && error.name === name;
