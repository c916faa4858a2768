/** A path that a model's own file names -> the same path, clean. Anything that could leave the model's folder is refused. */
import { PoolingError } from '../errors.ts';

/** `from` is the file that names the path. */
export function modelPath(path: string, from: string): string {
  const refuse = (why: string) =>
    new PoolingError(
      'model-file-invalid',
      `${from} names the path ${JSON.stringify(path)}: ${why}. A model's files stay in its own folder.`,
    );
  if (path.startsWith('/')) throw refuse('it is absolute');
  if (path.includes('\\') || path.includes('\0')) throw refuse('it has a character that no model file needs');
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) throw refuse('it has a scheme');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw refuse('it climbs out with ..');
  if (segments.length === 0) throw refuse('it is empty');
  return segments.join('/');
}

/** The folder of a path with its slash, or nothing for a file at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
