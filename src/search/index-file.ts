/**
 * An index <-> one file of blocks, that any realm reads and writes: [length of JSON, length of bytes: uint32][SHA-256 of both][JSON][bytes].
 * First what the index is, with the canary; then its documents in portions, with their rows. Little-endian.
 */
import { PoolingError } from '../errors.ts';
import { dot, isUnit } from '../math.ts';
import { asDocument } from './document.ts';
import type { ComputedDocument, Contents } from './contents.ts';
import { groups, WRITTEN } from './groups.ts';
import type { ModelIdentity } from './model-identity.ts';
import { packed, unpacked } from './packed-documents.ts';
import { PRECISIONS, rowFormat, type RowFormat } from './row-format.ts';
import type { Range } from './sentences.ts';
import { STORED_OPTIONS, type Settings } from './settings.ts';
import { FORMAT } from './storage/format.ts';
import type { StoredOptions } from './storage/protocol.ts';

const MAGIC = 'rockpool index\n';
const LENGTHS = 8;
const HASH = 32;

interface Head {
  format: number;
  documents: number;
  options: StoredOptions;
  model: Omit<ModelIdentity, 'canary'>;
}

export async function writeIndexFile(contents: Contents, { options, model: { canary, ...model } }: Settings): Promise<Blob> {
  const head: Head = { format: FORMAT, documents: contents.count, options, model };
  const parts: Blob[] = [new Blob([MAGIC]), await block(head, new Uint8Array(canary.slice().buffer))];
  for (const group of groups(contents.entries(), WRITTEN, ({ document }) => document.text)) {
    const computed = group.map(({ document, passages, key }) => ({ document, passages, rows: contents.table.packedOf(key) }));
    const { documents, rows } = packed(computed);
    parts.push(await block(documents, new Uint8Array(rows)));
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}

/** A Blob of its own, which the browser may put on the disk. */
async function block(json: unknown, bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const lengths = new DataView(new ArrayBuffer(LENGTHS));
  lengths.setUint32(0, text.length, true);
  lengths.setUint32(4, bytes.length, true);
  const body = new Blob([text, bytes]);
  return new Blob([lengths, await crypto.subtle.digest('SHA-256', await body.arrayBuffer()), body]);
}

export interface IndexFile {
  options: StoredOptions;
  model: ModelIdentity;
  documents: number;
  /** In portions; checked as they come. */
  read(): AsyncGenerator<ComputedDocument[]>;
}

/** Throws `index-invalid` for what is no index, damaged, or newer; `invalid-input` for parts that it does not know. */
export async function openIndexFile(blob: Blob): Promise<IndexFile> {
  if ((await blob.slice(0, MAGIC.length).text()) !== MAGIC) throw invalid('This is no file of an index of rockpool.');
  const first = await readBlock(blob, MAGIC.length);
  const head = first.json as Head;
  if (head?.format !== FORMAT)
    throw invalid(`The file is of format ${head?.format}, and this version of rockpool reads ${FORMAT}. Use a newer rockpool.`);
  checkKeys(head, ['format', 'documents', 'options', 'model'], 'The file');
  checkKeys(head.options, STORED_OPTIONS, 'Its options');
  const { precision = 'float32' } = head.options;
  if (!PRECISIONS.includes(precision) || first.bytes.length % 4 !== 0 || typeof head.model?.name !== 'string')
    throw invalid('The file does not say what its vectors are.');
  const canary = new Float32Array(first.bytes.buffer);
  const format = rowFormat(precision, canary.length);
  return {
    options: head.options,
    model: { ...head.model, canary },
    documents: head.documents,
    async *read() {
      const ids = new Set<string>();
      let read = 0;
      for (let at = first.end; read < head.documents || at < blob.size;) {
        const { json, bytes, end } = await readBlock(blob, at);
        const documents = asComputed(json, bytes, format, isUnit(canary));
        for (const { document } of documents) {
          if (ids.has(document.id)) throw invalid(`The file has the document "${document.id}" twice.`);
          ids.add(document.id);
        }
        yield documents;
        read += documents.length;
        at = end;
      }
      if (read !== head.documents) throw invalid(`The file has ${read} documents, and says that it has ${head.documents}.`);
    },
  };
}

async function readBlock(blob: Blob, at: number): Promise<{ json: unknown; bytes: Uint8Array<ArrayBuffer>; end: number }> {
  const start = new DataView(await blob.slice(at, at + LENGTHS).arrayBuffer());
  if (start.byteLength < LENGTHS) throw invalid('The file of the index ends too soon.');
  const from = at + LENGTHS + HASH;
  const middle = from + start.getUint32(0, true);
  const end = middle + start.getUint32(4, true);
  if (end > blob.size) throw invalid('The file of the index ends too soon.');
  const stated = new Uint8Array(await blob.slice(at + LENGTHS, from).arrayBuffer());
  const body = await blob.slice(from, end).arrayBuffer();
  const found = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  if (found.some((byte, i) => byte !== stated[i])) throw invalid('The file of the index is damaged.');
  return { json: parsed(new Uint8Array(body, 0, middle - from)), bytes: new Uint8Array(body.slice(middle - from)), end };
}

function parsed(text: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    throw invalid('The file of the index is damaged.');
  }
}

/** What a checksum says nothing of: a file that somebody made. */
function asComputed(json: unknown, bytes: Uint8Array<ArrayBuffer>, format: RowFormat, areUnit: boolean): ComputedDocument[] {
  if (!Array.isArray(json)) throw invalid('The file of the index has no documents where they should be.');
  const documents = json.map((one: { document?: unknown; passages?: unknown } | null) => {
    checkKeys(one, ['document', 'passages'], 'A document of the file');
    const document = asDocument(one!.document);
    if (!arePassages(one!.passages, document.text.length)) throw invalid(`The passages of "${document.id}" are not parts of its text.`);
    return { document, passages: one!.passages.map(({ start, end }) => ({ start, end })) };
  });
  const rows = documents.reduce((sum, { passages }) => sum + passages.length, 0);
  if (rows * format.packedBytes !== bytes.length) throw invalid('The file of the index has other vectors than passages.');
  const computed = [...unpacked({ documents, rows: bytes.buffer }, format.packedBytes)];
  const spoilt = computed.find((one) => !one.rows.every((row) => format.isSound(row)));
  if (spoilt) throw invalid(`A vector of "${spoilt.document.id}" has values that are none.`);
  const odd = areUnit && computed.find((one) => !one.rows.every((row) => isAsLong(row, format)));
  if (odd) throw invalid(`A vector of "${odd.document.id}" is not as long as the model's.`);
  return computed;
}

/** To what int8 keeps of it; or of no length, which a model's may be too. */
function isAsLong(packed: Uint8Array<ArrayBuffer>, format: RowFormat): boolean {
  const row = new Uint8Array(format.bytes);
  const vector = format.decode(row, format.unpack(packed, row));
  const square = dot(vector, vector);
  return square === 0 || Math.abs(square - 1) < 0.1;
}

function arePassages(value: unknown, length: number): value is Range[] {
  const isPart = ({ start, end }: Range) => Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= length;
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object' && one !== null && isPart(one as Range));
}

function checkKeys(value: unknown, known: readonly string[], what: string): void {
  if (typeof value !== 'object' || value === null) throw invalid(`${what} is not what it should be.`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new PoolingError('invalid-input', `${what} has "${unknown}", which this version of rockpool does not know.`);
}

const invalid = (message: string) => new PoolingError('index-invalid', message);
