/** Folders by URL prefix -> a cross-origin isolated static server: WASM threads need the isolation. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** `mounts`: the first prefix that fits the path wins; a mount of a single file has its whole path as the prefix. `/blank` is an empty page. */
export async function serve(mounts) {
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request, response) {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (path === '/blank') return void response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>bench</title>');
    const mount = mounts.find(([prefix]) => path.startsWith(prefix));
    const rest = mount && normalize(`/${path.slice(mount[0].length)}`);
    const file = mount && (rest === '/' ? mount[1] : join(mount[1], rest));
    const size = file
      ? await stat(file).then(
          (found) => (found.isFile() ? found.size : -1),
          () => -1,
        )
      : -1;
    if (size < 0) return void response.writeHead(404).end('not here');
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.setHeader('Content-Length', size);
    createReadStream(file).pipe(response);
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
