/** An index as a file: it comes back as it was, and whatever is wrong with a file is refused before anything of it is in. */
import { describe, expect, test, vi } from 'vitest';
import { createIndex, type IndexOptions, type SearchDocument, type SearchIndex } from '../search.ts';
import { hashModel, lateModel } from './model-for-tests.ts';

const documents: SearchDocument[] = Array.from({ length: 300 }, (_, i) => ({
  id: `id ${i}`,
  text: i === 7 ? '' : `Text ${i} 日本 \ud800 👍. ${'And more of it, so that there are passages. '.repeat(i % 9)}`,
  ...(i % 3 === 0 && { title: `Title ${i}` }),
  ...(i % 2 === 0 && { metadata: { i, list: ['a', 1], nothing: null, yes: true } }),
}));

async function filled(options: IndexOptions = {}, llm = hashModel()): Promise<SearchIndex> {
  const index = await createIndex(llm, options);
  await index.add(documents);
  return index;
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

describe('a file', () => {
  test.each<IndexOptions>([{}, { precision: 'int8', documentPromptName: 'doc' }, { precision: 'binary' }])(
    'brings the index back to the last byte, and nothing is computed: %j',
    async (options) => {
      const index = await filled(options);
      const llm = hashModel();
      const other = await createIndex(llm, options);
      llm.embedded = 0;
      const seen: object[] = [];
      await other.import(await index.export(), { onProgress: (progress) => seen.push(progress) });
      expect(llm.embedded).toBe(0);
      expect(other.size).toEqual(index.size);
      for (const document of documents) expect(other.get(document.id)).toEqual(document);
      expect(await bytesOf(await other.export())).toEqual(await bytesOf(await index.export()));
      expect(seen.at(-1)).toEqual({ done: 300, total: 300, passages: index.size.passages });
    },
  );
  test('takes the place of documents with its ids, and leaves the others', async () => {
    const index = await createIndex(hashModel());
    await index.add([
      { id: 'id 1', text: 'older' },
      { id: 'own', text: 'stays' },
    ]);
    await index.import(await (await filled()).export());
    expect(index.size.documents).toBe(301);
    expect(index.get('id 1')).toEqual(documents[1]);
    expect(index.get('own')!.text).toBe('stays');
  });
  test('of an empty index is one', async () => {
    const index = await createIndex(hashModel());
    await index.import(await (await createIndex(hashModel())).export());
    expect(index.size.documents).toBe(0);
  });
});

test('a signal that fires while a file is checked is heard before more of it is read', async () => {
  const file = await (await filled()).export();
  const index = await createIndex(hashModel());
  const stop = new AbortController();
  const slice = vi.spyOn(file, 'slice');
  const read = () => slice.mock.calls.map(([from]) => from!);
  await index.import(file);
  const inTurn = read();
  slice.mockClear();
  // The first line, three slices of what the index is, and then its documents: three each.
  slice.mockImplementation((...part) => {
    if (read().length === 5) stop.abort();
    return Blob.prototype.slice.apply(file, part);
  });
  await expect((await createIndex(hashModel())).import(file, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
  expect(read()).toEqual(inTurn.slice(0, 7));
  expect(inTurn.length).toBeGreaterThan(10);
});

describe('refused, and nothing is in:', () => {
  const refused = async (file: Blob, code: string, text: string | RegExp, options: IndexOptions = {}, llm = hashModel()) => {
    const index = await createIndex(llm, options);
    await expect(index.import(file)).rejects.toMatchObject({ code });
    await expect(index.import(file)).rejects.toThrow(text);
    expect(index.size.documents).toBe(0);
  };
  test('a file with any byte changed, or without its end', async () => {
    const bytes = await bytesOf(await (await filled()).export());
    for (let i = 0; i < 40; i++) {
      const at = Math.floor((i / 40) * bytes.length);
      const changed = bytes.slice();
      changed[at]! ^= 1 << (i % 8);
      await refused(new Blob([changed]), 'index-invalid', /damaged|ends too soon|no file of an index/);
      await refused(new Blob([bytes.subarray(0, at)]), 'index-invalid', /ends too soon|no file of an index/);
    }
  });
  test('a file with more behind its end', async () => {
    const file = await (await filled()).export();
    await refused(new Blob([file, 'x'.repeat(100)]), 'index-invalid', 'ends too soon');
  });
  test('bytes that are no Blob, by what they are', async () => {
    const index = await createIndex(hashModel());
    const importing = index.import(new ArrayBuffer(8) as never);
    await expect(importing).rejects.toMatchObject({ code: 'invalid-input', message: 'import takes a Blob or a File, got ArrayBuffer.' });
  });

  test('a file of another model, precision or prompt', async () => {
    const file = await (await filled()).export();
    await refused(file, 'model-mismatch', 'The file was made with "hash"', {}, hashModel({ seed: 2 }));
    const raw = hashModel({ length: 5.7 });
    await refused(file, 'model-mismatch', 'one normalises them (normalize) and the other does not', {}, raw);
    await refused(await (await filled({}, raw)).export(), 'model-mismatch', 'one normalises them');
    // No prompt is to blame for it.
    const otherPrompt = { documentPromptName: '' };
    await refused(file, 'model-mismatch', 'one normalises them', otherPrompt, raw);
    await refused(file, 'invalid-option', 'precision float32, and this index has int8', { precision: 'int8' });
    await refused(file, 'invalid-option', 'made with no documentPromptName, and this index with documentPromptName "doc"', {
      documentPromptName: 'doc',
    });
  });

  test('a file of late chunking, where passages are read alone, and the other way round', async () => {
    const late = await createIndex(lateModel(), { lateChunking: true });
    await late.add(documents.slice(0, 3));
    await refused(await late.export(), 'invalid-option', 'made with lateChunking true, and this index with false');
    await refused(
      await (await filled()).export(),
      'invalid-option',
      'with lateChunking false, and this',
      { lateChunking: true },
      lateModel(),
    );
    const other = await createIndex(lateModel(), { lateChunking: true });
    await other.import(await late.export());
    expect(other.size).toEqual(late.size);
  });

  /** A file that is right but for one thing, with checksums that are right too. */
  async function forged(
    change: (head: Record<string, unknown>, documents: Record<string, unknown>[], rows: Float32Array<ArrayBuffer>) => void,
  ) {
    const index = await createIndex(hashModel());
    await index.add(documents.slice(0, 3));
    const bytes = await bytesOf(await index.export());
    const [head, portion] = blocks(bytes);
    const rows = new Float32Array(portion!.bytes.buffer);
    change(head!.json as never, portion!.json as never, rows);
    const made = [head!, { ...portion!, bytes: new Uint8Array(rows.buffer) }];
    return new Blob(['rockpool index\n', ...(await Promise.all(made.map(asBlock)))]);
  }
  test('what forges nothing is taken', async () => {
    const index = await createIndex(hashModel());
    await index.import(await forged(() => {}));
    expect(index.size.documents).toBe(3);
    // A model's own may be zero.
    await index.import(await forged((_, __, rows) => rows.fill(0, 0, 16)));
    const raw = hashModel({ length: 5.7 });
    await (await createIndex(raw)).import(await (await filled({}, raw)).export());
  });
  test.each<[string, Parameters<typeof forged>[0], string]>([
    ['a newer format', (head) => (head.format = 2), 'index-invalid: The file is of format 2, and this version of rockpool reads 1'],
    ['an unknown key', (head) => (head.encrypted = true), 'invalid-input: The file has "encrypted"'],
    ['a precision that is none', (head) => (head.options = { precision: 'float8' }), 'index-invalid: The file does not say what'],
    ['no model', (head) => delete head.model, 'index-invalid: The file does not say what'],
    ['no options', (head) => (head.options = 3), 'index-invalid: Its options is not what'],
    ['an unknown option', (head) => Object.assign(head.options as object, { shards: 3 }), 'invalid-input: Its options has "shards"'],
    ['an unknown key of a document', (_, [one]) => (one!.secret = 1), 'invalid-input: A document of the file has "secret"'],
    [
      'a document with more',
      (_, [one]) => Object.assign(one!.document as object, { url: 'x' }),
      'invalid-input: The document "id 0" has "url"',
    ],
    [
      'a document without a text',
      (_, [one]) => delete (one!.document as { text?: string }).text,
      'invalid-input: The document "id 0" needs a text',
    ],
    [
      'a document twice',
      (_, [one, two]) => Object.assign(two!, { document: { ...(two!.document as object), id: (one!.document as { id: string }).id } }),
      'index-invalid: The file has the document "id 0" twice',
    ],
    ['another count', (head) => (head.documents = 2), 'index-invalid: The file has 3 documents, and says that it has 2'],
    ['no document', (_, all) => (all[1] = null as never), 'index-invalid: A document of the file is not what'],
    ['a passage outside the text', (_, [one]) => (one!.passages = [{ start: 0, end: 9e9 }]), 'index-invalid: The passages of "id 0"'],
    ['no passages', (_, [one]) => (one!.passages = []), 'index-invalid: The passages of "id 0"'],
    [
      'more passages than vectors',
      (_, [one]) =>
        (one!.passages = [
          { start: 0, end: 1 },
          { start: 1, end: 2 },
        ]),
      'index-invalid: The file of the index has other vectors',
    ],
    ['a vector of NaN', (_, __, rows) => (rows[5] = NaN), 'index-invalid: A vector of "id 0"'],
    [
      'a vector that is far longer than the model’s',
      (_, __, rows) => rows.fill(3e38, 0, 16),
      'index-invalid: A vector of "id 0" is not as long',
    ],
    [
      'a vector that is shorter',
      (_, __, rows) => rows.forEach((value, i) => (rows[i] = value / 2)),
      'index-invalid: A vector of "id 0" is not as long',
    ],
    ['a vector of infinity', (_, __, rows) => (rows[5] = Infinity), 'index-invalid: A vector of "id 0"'],
  ])('%s', async (_, change, text) => {
    const [code, message] = text.split(': ') as [string, string];
    await refused(await forged(change), code, message);
  });
  test.each([
    ['nothing', ''],
    ['a text', 'hello '.repeat(100)],
    ['its first line alone', 'rockpool index\n'],
  ])('%s', async (_, text) => {
    await refused(new Blob([text]), 'index-invalid', /no file of an index|ends too soon/);
  });
});

interface Block {
  json: unknown;
  bytes: Uint8Array<ArrayBuffer>;
}

function blocks(file: Uint8Array<ArrayBuffer>): Block[] {
  const view = new DataView(file.buffer);
  const found: Block[] = [];
  for (let at = 15; at < file.length;) {
    const from = at + 40;
    const middle = from + view.getUint32(at, true);
    const end = middle + view.getUint32(at + 4, true);
    found.push({ json: JSON.parse(new TextDecoder().decode(file.subarray(from, middle))), bytes: file.slice(middle, end) });
    at = end;
  }
  return found;
}

async function asBlock({ json, bytes }: Block): Promise<Blob> {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const body = new Blob([text, bytes]);
  return new Blob([new Uint32Array([text.length, bytes.length]), await crypto.subtle.digest('SHA-256', await body.arrayBuffer()), body]);
}
