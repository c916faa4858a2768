/** Bytes -> stdout, no faster than they are taken. Nothing to go on with after a kill. */
import type { PartFile } from './part-file.ts';

export function stdoutSink(noTexts: string): PartFile {
  const { stdout } = process;
  let failed: Error | null = null;
  // Told by the next write.
  stdout.on('error', (error) => (failed ??= error));
  return {
    begin: { done: 0, bytes: 0, texts: noTexts },
    append: (bytes) =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed);
        stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    finish: async () => {},
    close: async () => {},
  };
}
