import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceDescription } from '../wire/protocol.ts';
import { folderOf, modelPath } from './model-path.ts';
import { bare } from './request-for-tests.ts';
import { answer, startServer, type TestServer } from './server-for-tests.ts';
import { openSource } from './source.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const open = (description: SourceDescription, headers = {}) => openSource(description, { ...bare, headers });
const read = async (source: Awaited<ReturnType<typeof open>>, path: string) => (await source.open(path, {}))?.text();

test.each([
  ['https://x.org/m', 'onnx/model.onnx', 'https://x.org/m/onnx/model.onnx'],
  ['https://x.org/m/', 'config.json', 'https://x.org/m/config.json'],
  ['https://x.org/m?token=1#top', 'config.json', 'https://x.org/m/config.json?token=1'],
  ['https://x.org/', '%2e%2e/a b?.json', 'https://x.org/%252e%252e/a%20b%3F.json'],
])('%s and %s is %s', async (base, path, url) => {
  expect((await open({ kind: 'url', base })).locate(path)).toBe(url);
});

test('extra headers go with each request', async () => {
  let seen: unknown;
  server.faults.set('m/config.json', [(request, response) => ((seen = request.headers['x-key']), void response.end('{}'))]);
  const source = await open({ kind: 'url', base: `${server.url}/m` }, { 'x-key': 'secret' });
  expect(await read(source, 'config.json')).toBe('{}');
  expect(seen).toBe('secret');
});

describe('a hub id', () => {
  const hub = (local: string | null): SourceDescription => ({
    kind: 'hub',
    id: 'org/my model',
    local,
    base: `${server.url}/hub//`,
    revision: 'refs/pr/1',
  });
  const hubFolder = () => `${server.url}/hub/org/my%20model/resolve/refs%2Fpr%2F1`;
  const here = () => `${server.url}/models/org/m`;

  test('is the folder of that name beside the page, if there is a model in it', async () => {
    server.files.set('models/org/m/config.json', '{"a":1}');
    expect((await open(hub(here()))).key).toBe(here());
  });

  test('tells the page’s own server none of its headers when the model is there, neither in the probe nor for any file', async () => {
    const seen: string[] = [];
    for (const file of ['config.json', 'tokenizer.json']) {
      const note: Parameters<TestServer['faults']['set']>[1][number] = (request, response) => {
        seen.push(`${file}: ${String(request.headers['x-key'])}`);
        response.end('{}');
      };
      server.faults.set(`models/org/m/${file}`, [note, note]);
    }
    const source = await open(hub(here()), { 'x-key': 'secret' });
    for (const file of ['config.json', 'tokenizer.json']) expect(await read(source, file)).toBe('{}');
    expect(seen).toEqual(['config.json: undefined', 'config.json: undefined', 'tokenizer.json: undefined']);
  });

  test('tells its headers to the hub, and not to the page’s own server', async () => {
    const seen: string[] = [];
    const note = (place: string, status: number): Parameters<TestServer['faults']['set']>[1] => [
      (request, response) => {
        seen.push(`${place}: ${String(request.headers['x-key'])}`);
        response.writeHead(status).end();
      },
    ];
    server.faults.set('models/org/m/config.json', note('page', 404));
    server.faults.set('hub/org/my model/resolve/refs/pr/1/config.json', note('hub', 404));
    const source = await open(hub(here()), { 'x-key': 'secret' });
    await source.open('config.json', {});
    expect(seen).toEqual(['page: undefined', 'hub: secret']);
  });

  test.each([
    ['nothing there', answer(404)],
    ['a page for any path', answer(200, { 'content-type': 'text/html' }, '<!doctype html>')],
    ['a list', answer(200, {}, '[]')],
    ['a failing server', answer(500)],
    ['a cut line', (request: { socket: { destroy(): void } }) => request.socket.destroy()],
  ])('is the hub for %s', async (_, fault) => {
    server.faults.set('models/org/m/config.json', [fault]);
    const source = await open(hub(here()));
    expect(source.locate('config.json')).toBe(`${hubFolder()}/config.json`);
  });

  test('is the hub without a probe if there is no page', async () => {
    expect((await open(hub(null))).key).toBe(hubFolder());
    expect(server.requests).toEqual([]);
  });

  test('is the folder that was kept by an earlier load when the network is gone', async () => {
    server.faults.set('models/org/m/config.json', [(request) => void request.socket.destroy()]);
    const source = await openSource(hub(here()), { ...bare, isKept: async (folder) => folder === here() });
    expect(source.key).toBe(here());
  });

  test('is the page’s own folder if it has what is looked for, config.json or not', async () => {
    server.files.set('models/org/m/head.json', '{}');
    server.files.delete('models/org/m/config.json');
    expect((await open(hub(here()))).key).toBe(hubFolder());
    expect((await openSource(hub(here()), { ...bare, marker: 'head.json' })).key).toBe(here());
  });

  test('is given up at an abort', async () => {
    await expect(openSource(hub(here()), { ...bare, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    const controller = new AbortController();
    server.faults.set('models/org/m/config.json', [() => controller.abort()]);
    await expect(openSource(hub(here()), { ...bare, signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});

test('picked files are found below their common folder', async () => {
  const file = (path: string) =>
    Object.defineProperty(new File([path], path.split('/').at(-1) as string), 'webkitRelativePath', { value: path });
  const source = await open({ kind: 'files', files: [file('my-model/config.json'), file('my-model/onnx/model.onnx')] });
  expect(source).toMatchObject({ key: 'my-model', remote: false });
  expect(source.locate('config.json')).toBe('my-model/config.json');
  expect(await read(source, 'onnx/model.onnx')).toBe('my-model/onnx/model.onnx');
  expect(await read(source, 'my-model/config.json')).toBeUndefined();
  expect((await source.open('config.json', {}))?.headers.get('content-length')).toBe('20');
});

test('files picked one by one are found by name', async () => {
  const source = await open({ kind: 'files', files: [new File(['{}'], 'config.json'), new File(['x'], 'model.onnx')] });
  expect(await read(source, 'model.onnx')).toBe('x');
});

test('a picked folder is read through its handles', async () => {
  const missing = (name: string) => Promise.reject(new DOMException(name, 'NotFoundError'));
  const folder = (name: string, entries: Record<string, unknown>): unknown => ({
    name,
    getDirectoryHandle: async (step: string) => entries[step] ?? missing(step),
    getFileHandle: async (step: string) => {
      if (step === 'onnx') throw new DOMException('a folder', 'TypeMismatchError');
      if (step === 'locked') throw new DOMException('permission', 'NotAllowedError');
      return entries[step] ? { getFile: async () => new File([entries[step] as string], step) } : missing(step);
    },
  });
  const handle = folder('picked', { 'config.json': '{}', onnx: folder('onnx', { 'model.onnx': 'weights' }) });
  const source = await open({ kind: 'directory', handle: handle as FileSystemDirectoryHandle });
  expect(source).toMatchObject({ key: 'picked', remote: false });
  expect(await read(source, 'config.json')).toBe('{}');
  expect(await read(source, 'onnx/model.onnx')).toBe('weights');
  for (const path of ['none.json', 'none/model.onnx', 'onnx']) expect(await read(source, path)).toBeUndefined();
  await expect(read(source, 'locked')).rejects.toThrow('permission');
});

test('a function is asked for each path', async () => {
  const source = await open({ kind: 'function', key: 'disk', read: async (path) => (path === 'a' ? new Response('A') : null) });
  expect([await read(source, 'a'), await read(source, 'b'), source.remote]).toEqual(['A', undefined, false]);
});

test.each(['/etc/passwd', '../x', 'a/../../x', 'a\\b', 'https://evil.org/x', 'file:x', 'C:/x', '', './', 'a\0b'])(
  'the path %j is refused',
  (path) => {
    expect(() => modelPath(path, 'modules.json')).toThrow(
      expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining('modules.json') }),
    );
  },
);

test.each([
  ['1_Pooling', '1_Pooling'],
  ['1_Pooling/', '1_Pooling'],
  ['./1_Pooling', '1_Pooling'],
  ['a..b/model.onnx_data', 'a..b/model.onnx_data'],
])('the path %s is %s', (path, clean) => {
  expect(modelPath(path, 'modules.json')).toBe(clean);
});

test('the folder of a path ends in a slash', () => {
  expect([folderOf('onnx/model.onnx'), folderOf('model.onnx')]).toEqual(['onnx/', '']);
});
