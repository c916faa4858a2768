/** Vectors and the format that a request asked for -> the answer that carries them: JSON of lists or of base64, or raw bytes. */
import type { Answer, Usage } from './call.ts';
import { badRequest, tooManyNumbers } from './http-error.ts';
import type { Limits } from './options.ts';
import { base64Of, bytesOf, type EmbedDtype, type Endianness } from './vector-format.ts';

export interface Item {
  data: Float32Array;
  /** Empty: one number. */
  shape: readonly number[];
  /** More about it, in JSON. */
  more?: object;
}

export interface Format {
  encoding_format: 'float' | 'base64' | 'bytes' | 'bytes_only';
  embed_dtype: EmbedDtype;
  endianness: Endianness;
}

interface Head {
  id: string;
  object: string;
  created: number;
  model: string;
}

/**
 * Inputs whose places one header has room for: some 12,000 bytes of the 16 KB that Node's fetch reads of all headers. Python and curl read
 * more, and end too.
 */
const MOST_IN_HEADER = 100;

/** Looked at before a model is asked. `inputs`: how many there are. */
export function checkFormat({ encoding_format, embed_dtype }: Format, inputs: number): void {
  if (encoding_format === 'bytes' && inputs > MOST_IN_HEADER) {
    throw badRequest(
      `encoding_format "bytes" is for up to ${MOST_IN_HEADER} inputs, and these are ${inputs}: clients cannot read a longer header. Ask for "bytes_only" or "base64".`,
      'encoding_format',
    );
  }
  if (encoding_format !== 'float' || embed_dtype === 'float32') return;
  throw badRequest(`embed_dtype "${embed_dtype}" needs encoding_format "base64" or "bytes": JSON has one kind of number.`, 'embed_dtype');
}

/** `field`: the name of the item's values, and of its `object`: OpenAI says embedding for both, vLLM's pooling API pooling and data. */
export function carriedAs(
  items: readonly Item[],
  format: Format,
  head: Head,
  usage: Usage,
  field: 'embedding' | 'data',
  limits: Limits,
): Answer {
  if (items.reduce((sum, { data }) => sum + data.length, 0) > limits.maxAnswerNumbers) throw tooManyNumbers(limits);
  const { encoding_format: encoding, embed_dtype, endianness } = format;
  const tokens = usage.prompt_tokens;
  if (encoding === 'bytes' || encoding === 'bytes_only') return rawBytes(items, format, head, usage);
  const object = field === 'embedding' ? 'embedding' : 'pooling';
  const data = items.map((item, index) => ({
    index,
    object,
    [field]: encoding === 'base64' ? base64Of(bytesOf(item.data, embed_dtype, endianness)) : nested(item),
    ...item.more,
  }));
  return { body: { ...head, data, usage }, tokens };
}

/** vLLM's: the vectors one behind the other, and where each is, in a header. */
function rawBytes(items: readonly Item[], { encoding_format, embed_dtype, endianness }: Format, head: Head, usage: Usage): Answer {
  const parts = items.map(({ data }) => bytesOf(data, embed_dtype, endianness));
  const body = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  const data = parts.map((part, index) => {
    body.set(part, start);
    const end = start + part.length;
    const item = { index, embed_dtype, endianness, start, end, shape: items[index]!.shape };
    start = end;
    return item;
  });
  const { prompt_tokens, total_tokens } = usage;
  const { id, created, model } = head;
  const metadata = { id, created, model, data, usage: { prompt_tokens, total_tokens } };
  const headers = {
    'Content-Type': 'application/octet-stream',
    ...(encoding_format === 'bytes' && { metadata: ascii(JSON.stringify(metadata)) }),
  };
  return { body, tokens: prompt_tokens, headers };
}

/** A header is Latin-1, and the name of a model may be anything. */
function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function nested({ data, shape: [rows, columns] }: Item): number | number[] | number[][] {
  if (rows === undefined) return data[0]!;
  if (columns === undefined) return Array.from(data);
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
}
