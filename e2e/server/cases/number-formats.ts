/** Vectors as base64 and as bytes, in every number format and byte order. Decoded here on their own, and held against the list of the same text. */
import { badRequest, head, invalid, recent, usage, type Case } from '../case.ts';
import { mismatches, shown, type Check, type Expected } from '../match.ts';
import { as, bert, bytesOf, floatsOf, floatsOfBase64, near } from '../oracle.ts';
import { embeddings } from './embeddings.ts';

const path = '/v1/embeddings';
const texts = ['sentence', 'emoji-zwj'].map((id) => bert(`plain/${id}`));
const input = texts.map(({ text }) => text);
const tokens = texts.reduce((sum, { ids }) => sum + ids.length, 0);

/** Bits of exponent and mantissa. */
const DTYPES = { float32: [8, 23], float16: [5, 10], bfloat16: [8, 7], fp8_e4m3: [4, 3], fp8_e5m2: [5, 2] } as const;
type Dtype = keyof typeof DTYPES;
const bytesPerValue = (dtype: Dtype) => (1 + DTYPES[dtype][0] + DTYPES[dtype][1]) / 8;

/** IEEE 754 for finite numbers, and its like. */
function decode(bytes: Uint8Array, dtype: Dtype, isBig: boolean): number[] {
  const [exponentBits, mantissaBits] = DTYPES[dtype];
  const size = bytesPerValue(dtype);
  const bias = 2 ** (exponentBits - 1) - 1;
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const word = [...bytes.subarray(i * size, (i + 1) * size)];
    const bits = (isBig ? word : word.reverse()).map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const exponent = parseInt(bits.slice(1, 1 + exponentBits), 2);
    const mantissa = parseInt(bits.slice(1 + exponentBits), 2) / 2 ** mantissaBits;
    const magnitude = exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias);
    return bits[0] === '1' ? -magnitude : magnitude;
  });
}

/** Half the distance between two numbers of the format, there. */
function halfStep(value: number, dtype: Dtype): number {
  const [exponentBits, mantissaBits] = DTYPES[dtype];
  const smallest = 2 - 2 ** (exponentBits - 1);
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), smallest) - mantissaBits) / 2;
}

/** The values of the vector that the list had in this place, to the nearest number of the format; of float32 the same bits. */
const sameAs =
  (index: number, dtype: Dtype, isBig: boolean): Check =>
  (value, earlier) => {
    if (!(value instanceof Uint8Array)) return `${shown(value)} are no bytes`;
    const list = (earlier(`${path} the same as lists`) as { data: { embedding: number[] }[] }).data[index]!.embedding;
    const given = decode(value, dtype, isBig);
    if (given.length !== list.length) return `${given.length} values instead of ${list.length}`;
    const wrong = given.findIndex((one, i) => !(Math.abs(one - list[i]!) <= (dtype === 'float32' ? 0 : halfStep(list[i]!, dtype))));
    return wrong < 0 ? null : `value ${wrong} is ${given[wrong]} for ${list[wrong]}`;
  };

const inBase64 = (check: Check): Check => as(bytesOf, check);
const formats = (Object.keys(DTYPES) as Dtype[]).flatMap((embed_dtype) =>
  (['native', 'big', 'little'] as const).map((endianness) => ({ embed_dtype, endianness })),
);

function asBase64({ embed_dtype, endianness }: (typeof formats)[number]): Case {
  return {
    name: `${embed_dtype}, ${endianness}, in base64`,
    path,
    body: { input, encoding_format: 'base64', embed_dtype, endianness },
    gives: embeddings(
      input.map((_, i) => inBase64(sameAs(i, embed_dtype, endianness === 'big'))),
      tokens,
    ),
  };
}

/** One behind the other, and a header that says where each is. */
function asBytes({ embed_dtype, endianness }: (typeof formats)[number]): Case {
  const length = 32 * bytesPerValue(embed_dtype);
  const metadata: Expected = {
    id: /^embd-[0-9a-f]{32}$/,
    created: recent,
    model: 'embedder',
    data: input.map((_, index) => ({ index, embed_dtype, endianness, start: index * length, end: (index + 1) * length, shape: [32] })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
  return {
    name: `${embed_dtype}, ${endianness}, as bytes`,
    path,
    body: { input, encoding_format: 'bytes', embed_dtype, endianness },
    answers: {
      'Content-Type': 'application/octet-stream',
      metadata: (value, earlier) => mismatches(JSON.parse(String(value)), metadata, earlier, 'metadata').join('; ') || null,
    },
    gives: (value, earlier) => {
      if (!(value instanceof Uint8Array) || value.length !== input.length * length) return `${shown(value)}`;
      const parts = input.map((_, i) => value.subarray(i * length, (i + 1) * length));
      return parts.map((part, i) => sameAs(i, embed_dtype, endianness === 'big')(part, earlier)).find((why) => why !== null) ?? null;
    },
  };
}

const literal = (field: string, values: string, input: string) =>
  invalid(field, `{'type': 'literal_error', 'loc': ('body', '${field}'), 'msg': "Input should be ${values}", 'input': '${input}'}`);

export const numberFormatCases: Case[] = [
  {
    name: 'the same as lists',
    path,
    body: { input, encoding_format: 'float' },
    gives: embeddings(
      texts.map(({ vector }) => near(vector)),
      tokens,
    ),
  },
  {
    name: 'base64 alone means float32, as OpenAI has it',
    path,
    body: { input: input[0]!, encoding_format: 'base64' },
    gives: embeddings([as(floatsOfBase64, near(texts[0]!.vector))], texts[0]!.ids.length),
  },
  ...formats.map(asBase64),
  ...formats.map(asBytes),
  {
    name: 'bytes without the header',
    path,
    body: { input, encoding_format: 'bytes_only' },
    answers: { 'Content-Type': 'application/octet-stream', metadata: null },
    gives: as(floatsOf, (value) => near(texts.flatMap(({ vector }) => [...vector]))(value, () => null)),
  },
  {
    name: 'dimensions in base64',
    path,
    body: { model: 'matryoshka', input: bert('plain/german').text, dimensions: 8, encoding_format: 'base64' },
    gives: embeddings([as(floatsOfBase64, near(bert('dimensions-8/german').vector))], bert('plain/german').ids.length, 'matryoshka'),
  },
  {
    name: 'rows in base64, one behind the other',
    path: '/pooling',
    body: { input: bert('all/sentence').text, encoding_format: 'base64' },
    gives: {
      ...head('pool', 'embedder'),
      data: [{ index: 0, object: 'pooling', data: as(floatsOfBase64, near(bert('all/sentence').vector)) }],
      usage: usage(12),
    },
  },
  {
    name: 'a list of small floats, which JSON does not have',
    path,
    body: { input: 'a', embed_dtype: 'float16' },
    ...badRequest(/^embed_dtype "float16" needs encoding_format "base64" or "bytes"/, 'embed_dtype'),
  },
  {
    name: 'an unknown encoding',
    path,
    body: { input: 'a', encoding_format: 'hex' },
    ...literal('encoding_format', "'float', 'base64', 'bytes' or 'bytes_only'", 'hex'),
  },
  {
    name: 'an unknown number format',
    path,
    body: { input: 'a', embed_dtype: 'int4' },
    ...literal('embed_dtype', "'float32', 'float16', 'bfloat16', 'fp8_e4m3' or 'fp8_e5m2'", 'int4'),
  },
  {
    name: 'an unknown byte order',
    path,
    body: { input: 'a', endianness: 'middle' },
    ...literal('endianness', "'native', 'big' or 'little'", 'middle'),
  },
];
