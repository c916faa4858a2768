/** The service worker of the built site, site/sw.js, with the list of what it keeps. The last step of the build, since it lists what is there. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const site = join(root, 'site');

const entries = await readdir(site, { recursive: true, withFileTypes: true });
const paths = entries
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(site.length + 1)
      .replaceAll('\\', '/'),
  )
  .filter((path) => path !== 'sw.js' && !path.startsWith('models/'))
  .sort();
const runtimes = paths.filter((path) => path.endsWith('.wasm'));

let bytes = 0;
let compressed = 0;
/** Vite's names have a hash of the content in them; the others get one beside them. */
async function kept(path) {
  const content = await readFile(join(site, path));
  bytes += content.length;
  compressed += gzipSync(content).length;
  const revision = path.startsWith('assets/') ? null : createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { url: path, revision };
}
const pages = await Promise.all(paths.filter((path) => !path.endsWith('.wasm')).map(kept));

const bundle = await rolldown({
  input: join(root, 'demo/offline/service-worker.js'),
  platform: 'browser',
  transform: {
    define: { 'process.env.NODE_ENV': '"production"', PAGES: JSON.stringify(pages), RUNTIMES: JSON.stringify(runtimes) },
  },
});
const { output } = await bundle.generate({ format: 'iife', minify: true });
await bundle.close();
await writeFile(join(site, 'sw.js'), output[0].code);
const megabytes = (size) => `${(size / 1e6).toFixed(1)} MB`;
console.log(
  `site/sw.js  ${(gzipSync(output[0].code).length / 1000).toFixed(1)} kB gz, keeps ${pages.length} files: ${megabytes(bytes)}, ${megabytes(compressed)} gz`,
);
