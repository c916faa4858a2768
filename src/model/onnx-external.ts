/** Bytes of an ONNX file -> the names of the files in which it keeps weights. Walks the protobuf's outline; weights are stepped over, not read. */
import { PoolingError } from '../errors.ts';

type Message = 'model' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor' | 'entry';

/** The fields of each message that lead to tensors: onnx.proto3's numbers. */
const children: Record<Message, Readonly<Record<number, Message>>> = {
  model: { 7: 'graph', 25: 'function' },
  function: { 7: 'node' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: {},
};

const entryKey = 1;
const entryValue = 2;
/** Graphs inside attributes inside graphs: real models have three or four. */
const deepest = 100;

/** Unique, in the order of the file; relative to the ONNX file's folder. `place` names the file in errors. */
export function externalDataFiles(bytes: Uint8Array, place: string): string[] {
  const locations = new Set<string>();
  const fail = (why: string) => new PoolingError('model-file-invalid', `${place} is not an ONNX file, or not a whole one: ${why}.`);
  const text = (start: number, end: number) => new TextDecoder().decode(bytes.subarray(start, end));
  let at = 0;
  let hasGraph = false;

  function varint(end: number): number {
    let value = 0;
    for (let scale = 1; at < end; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw fail(`a number at byte ${at} has no end`);
  }

  function walk(message: Message, end: number, depth: number): void {
    if (depth > deepest) throw fail(`its graphs are nested more than ${deepest} deep`);
    let isLocation = false;
    while (at < end) {
      const tag = varint(end);
      const field = Math.floor(tag / 8);
      const length = lengthOf(tag % 8, end);
      const next = at + length;
      if (field === 0 || next > end) throw fail(`byte ${at} asks for ${length} more, where there are ${end - at}`);
      const child = tag % 8 === 2 ? children[message][field] : undefined;
      if (child !== undefined) {
        hasGraph ||= child === 'graph';
        walk(child, next, depth + 1);
      } else if (message === 'entry' && field === entryKey) {
        isLocation = text(at, next) === 'location';
      } else if (message === 'entry' && field === entryValue && isLocation) {
        locations.add(text(at, next));
      }
      at = next;
    }
  }

  /** Bytes of a field's value. Wire types 3 and 4 are obsolete and in no ONNX file. */
  function lengthOf(wireType: number, end: number): number {
    if (wireType === 0) {
      varint(end);
      return 0;
    }
    if (wireType === 1) return 8;
    if (wireType === 2) return varint(end);
    if (wireType === 5) return 4;
    throw fail(`byte ${at} has wire type ${wireType}`);
  }

  walk('model', bytes.length, 0);
  if (!hasGraph) throw fail('it has no graph');
  return [...locations];
}
