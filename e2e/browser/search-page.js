/** For the tests of stored indexes, in the page: packages, and what is on the disk held against what it should be. */

export async function packages() {
  const { body } = await fetch('/bench/data/debian-packages.json.gz');
  const all = await new Response(body.pipeThrough(new DecompressionStream('gzip'))).json();
  return all.map(({ name, section, title, body: text }) => ({ id: name, text, title, metadata: { section } }));
}

/** A package as it is in a round of changes: none before the first, or if there is no round. */
export function ofRound(document, round) {
  if (round === undefined || round < 0) return [];
  return [{ ...document, text: `${document.text} (${round})`, metadata: { ...document.metadata, round } }];
}

/**
 * All that an index holds, by its file: what is wrong with it, in words, against the documents as they were given. Vectors are compared bit by
 * bit with fresh ones.
 */
export async function faultsOf(index, given, model = window.hashModel({ size: 64 })) {
  const sources = new Map(given.map((document) => [document.id, document]));
  const faults = [];
  const seen = new Set();
  for (const { document, passages, vectors } of await readFile(await index.export())) {
    if (seen.has(document.id)) faults.push(`${document.id} is there twice`);
    seen.add(document.id);
    const source = sources.get(document.id);
    if (JSON.stringify(document) !== JSON.stringify(source)) faults.push(`${document.id} is another document`);
    const texts = passages.map(({ start, end }) => `${document.title ? `${document.title}\n` : ''}${document.text.slice(start, end)}`);
    const covered = passages
      .map(({ start, end }) => document.text.slice(start, end))
      .join('')
      .replaceAll(/\s/g, '');
    if (covered !== document.text.replaceAll(/\s/g, '')) faults.push(`${document.id} has lost text`);
    const fresh = (await model.embed(texts)).map(({ outputs }) => outputs.embedding);
    if (fresh.some((vector, i) => vector.some((value, j) => value !== vectors[i][j]))) faults.push(`${document.id} has another vector`);
    if (JSON.stringify(index.get(document.id)) !== JSON.stringify(document)) faults.push(`${document.id} is another in memory`);
  }
  if (seen.size !== index.size.documents) faults.push(`${seen.size} documents in the file, ${index.size.documents} in the index`);
  return faults;
}

/** The format of docs: blocks of [lengths][hash][JSON][bytes] after the first line. float32 only. */
async function readFile(blob) {
  const buffer = await blob.arrayBuffer();
  const view = new DataView(buffer);
  const documents = [];
  let size = 0;
  for (let at = 'rockpool index\n'.length; at < buffer.byteLength;) {
    const [text, bytes] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const from = at + 8 + 32;
    const json = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, from, text)));
    const values = new Float32Array(buffer.slice(from + text, from + text + bytes));
    if (size === 0) size = values.length;
    else {
      let row = 0;
      for (const { document, passages } of json) {
        documents.push({ document, passages, vectors: passages.map(() => values.subarray(row * size, ++row * size)) });
      }
    }
    at = from + text + bytes;
  }
  return documents;
}

/** The one file of rows in OPFS, changed as `change` says. */
export async function tamper(change) {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('rockpool-search');
  const files = [];
  for await (const handle of folder.values()) files.push(handle);
  if (files.length !== 1) throw new Error(`${files.length} files in OPFS`);
  const bytes = new Uint8Array(await (await files[0].getFile()).arrayBuffer());
  const writable = await files[0].createWritable();
  await writable.write(change(bytes));
  await writable.close();
  return bytes.length;
}

/** Milliseconds of the longest task of this thread while `work` runs; 0: none over 50. */
export async function longestTask(work) {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ type: 'longtask' });
  await work();
  await new Promise((resolve) => setTimeout(resolve, 50));
  observer.disconnect();
  return longest;
}
