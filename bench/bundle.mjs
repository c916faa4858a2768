/** The bench's pages and the workers of rockpool's peers -> one file each. rockpool itself is not bundled: its pages import dist/ as it is. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const source = join(import.meta.dirname, 'pages');

export async function bundlePages(folder) {
  for (const name of await readdir(source)) {
    const bundle = await rolldown({ input: join(source, name), external: [/^\/dist\//], platform: 'browser', logLevel: 'silent' });
    await bundle.write({ dir: folder, format: 'esm', codeSplitting: false, minify: true });
    await bundle.close();
  }
}
