/** Files of vectors, read by the specifications of their formats. */
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';

export interface Matrix {
  shape: number[];
  rows: number[][];
}

function rowsOf(bytes: Buffer, shape: number[]): Matrix {
  const [count, width] = shape as [number, number];
  expect(bytes.length).toBe(count * width * 4);
  const rows = Array.from({ length: count }, (_, i) => Array.from({ length: width }, (_, j) => bytes.readFloatLE((i * width + j) * 4)));
  return { shape, rows };
}

/** By numpy.lib.format, version 1.0. */
export async function readNpy(file: string): Promise<Matrix> {
  const bytes = await readFile(file);
  expect(bytes.toString('latin1', 0, 8)).toBe('\x93NUMPY\x01\x00');
  const end = 10 + bytes.readUInt16LE(8);
  const [, shape] = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+, \d+)\), \} *\n$/.exec(bytes.toString('latin1', 10, end))!;
  return rowsOf(bytes.subarray(end), shape!.split(', ').map(Number));
}

export async function readSafetensors(file: string): Promise<Matrix & { metadata: Record<string, string> }> {
  const bytes = await readFile(file);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, embeddings, ...others } = JSON.parse(bytes.toString('utf8', 8, end));
  expect(others).toEqual({});
  expect(embeddings).toMatchObject({ dtype: 'F32', data_offsets: [0, bytes.length - end] });
  return { ...rowsOf(bytes.subarray(end), embeddings.shape), metadata };
}

export type Line = { index: number; id?: unknown; embedding: number[]; tokens: number };
export const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
