/** A picked folder, picked files, or a function -> a ModelSource. */
import type { ModelSource } from './source.ts';

export function directorySource(root: FileSystemDirectoryHandle): ModelSource {
  return localSource(root.name, async (path) => {
    const folders = path.split('/');
    const name = folders.pop() as string;
    try {
      let folder = root;
      for (const step of folders) folder = await folder.getDirectoryHandle(step);
      return fileResponse(await (await folder.getFileHandle(name)).getFile());
    } catch (error) {
      // TypeMismatchError: the name is taken by a folder, or by a file where a folder is needed.
      if (error instanceof Error && (error.name === 'NotFoundError' || error.name === 'TypeMismatchError')) return null;
      throw error;
    }
  });
}

/** Files from `<input webkitdirectory>` carry the picked folder's name in front of their path; files picked one by one have a name only. */
export function filesSource(files: readonly File[]): ModelSource {
  const paths = files.map((file) => file.webkitRelativePath || file.name);
  const first = paths[0]?.split('/')[0] ?? '';
  const shared = paths.every((path) => path.startsWith(`${first}/`));
  const byPath = new Map(paths.map((path, i) => [shared ? path.slice(first.length + 1) : path, files[i] as File]));
  return localSource(shared ? first : 'picked files', async (path) => {
    const file = byPath.get(path);
    return file === undefined ? null : fileResponse(file);
  });
}

export function functionSource(key: string, read: (path: string) => Promise<Response | null>): ModelSource {
  return localSource(key, read);
}

function localSource(key: string, open: (path: string) => Promise<Response | null>): ModelSource {
  return { key, remote: false, locate: (path) => `${key}/${path}`, open };
}

/** With the headers that a server would send, so that the reader need not know the difference. */
function fileResponse(file: File): Response {
  return new Response(file, {
    headers: { 'content-length': String(file.size), 'last-modified': new Date(file.lastModified).toUTCString() },
  });
}
