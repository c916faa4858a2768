/** What the reference libraries answered (e2e/oracle/fixtures), as the values of requests and the checks of answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expected, type Fixture } from '../oracle/fixtures.ts';
import type { ArchitectureCase, ArchitectureFixture } from '../oracle/architectures.ts';
import type { LateChunkingParams } from '../../src/types.ts';
import { models, type ModelName } from './servers.ts';
import { shown, type Check } from './match.ts';

const oracle = join(import.meta.dirname, '../oracle');
const read = <T>(path: string) => JSON.parse(readFileSync(join(oracle, path), 'utf8')) as T;

const TEXTS = read<Record<string, string>>('texts.json');
const BERT = read<Fixture>('fixtures/tiny-bert.json').cases;
const architectures = new Map<string, ArchitectureFixture>();

export const text = (id: string) => TEXTS[id]!;

/** Sentence-Transformers with the weights of tiny-bert. The case's id is `kind/text`. */
export function bert(id: string): { text: string; ids: number[]; vector: Float32Array; shape: number[] } {
  const found = BERT.find((one) => one.id === id);
  if (!found) throw new Error(`tiny-bert.json has no case ${id}`);
  return { text: text(found.text), ids: found.prompt_token_ids!, vector: expected(found), shape: found.shape };
}

/** transformers' with the weights of tiny-bert: for each text the vectors of its chunks, and where these are in code points. */
export const lateChunks = read<{ 'tiny-bert': LateChunks[] }>('fixtures/late-chunks.json')['tiny-bert'].map(
  ({ vectors, shape: [rows, columns], ...rest }) => {
    const data = new Float32Array(Uint8Array.from(atob(vectors), (character) => character.charCodeAt(0)).buffer);
    return { ...rest, vectors: Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns)) };
  },
);

interface LateChunks {
  name: string;
  text: string;
  params: LateChunkingParams;
  ids: number[];
  shape: [rows: number, columns: number];
  code_points: [number, number][];
  /** base64 of little-endian float32. */
  vectors: string;
}

/** One call on another of the models. */
export function reference(model: ModelName, id: string): ArchitectureCase & { tokens: number } {
  const { folder } = models[model];
  if (!architectures.has(folder)) architectures.set(folder, read(`fixtures/architectures/${folder}.json`));
  const found = architectures.get(folder)!.cases.find((one) => one.id === id);
  if (!found) throw new Error(`${folder}.json has no case ${id}`);
  return { ...found, tokens: (found.expected.ids ?? []).reduce((sum, { length }) => sum + length, 0) };
}

/** In direction to a hundred-thousandth, and in length. */
export function near(wanted: ArrayLike<number>): Check {
  return (value) => {
    if (!isNumbers(value)) return `${shown(value)} is not a list of numbers`;
    if (value.length !== wanted.length) return `${value.length} values instead of ${wanted.length}`;
    const given = Array.from(value);
    const [a, b] = [Math.hypot(...given), Math.hypot(...Array.from(wanted))];
    const cosine = given.reduce((sum, one, i) => sum + one * wanted[i]!, 0) / (a * b);
    if (!(cosine >= 0.99999)) return `cosine ${cosine} to the reference's vector`;
    return Math.abs(a / b - 1) <= 1e-4 ? null : `length ${a} instead of ${b}`;
  };
}

/** Scores, probabilities and rewards: to a hundred-thousandth, of their size if that is over 1. */
export function close(wanted: number): Check {
  return (value) =>
    typeof value === 'number' && Math.abs(value - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted))
      ? null
      : `${shown(value)} instead of ${wanted}`;
}

/** Reads a vector out of another form first. */
export const as =
  (decode: (value: unknown) => ArrayLike<number> | null, check: Check): Check =>
  (value, earlier) => {
    const decoded = decode(value);
    return decoded === null ? `${shown(value)} cannot be read as numbers` : check(decoded, earlier);
  };

export function bytesOf(base64: unknown): Uint8Array | null {
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function floatsOf(bytes: unknown): Float32Array | null {
  if (!(bytes instanceof Uint8Array) || bytes.length % 4 !== 0) return null;
  return new Float32Array(bytes.slice().buffer);
}

export const floatsOfBase64 = (value: unknown) => floatsOf(bytesOf(value));

function isNumbers(value: unknown): value is ArrayLike<number> {
  return value instanceof Float32Array || (Array.isArray(value) && value.every((one) => typeof one === 'number'));
}
