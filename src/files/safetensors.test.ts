import { describe, expect, test } from 'vitest';
import { safetensors, withHeader } from './safetensors-for-tests.ts';
import { readSafetensors } from './safetensors.ts';

const read = (bytes: Uint8Array) => readSafetensors(bytes, 'w.safetensors (here)');
const one = { a: { shape: [2], values: [1, 2] } };

describe('a safetensors file', () => {
  test('has float32, float16 and bfloat16 tensors, wherever they lie', () => {
    const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
    const file = safetensors({
      f: { shape: [2, 2], values: [1, -2.5, 3, 1e-30] },
      h: { shape: [7], values: [], dtype: 'F16', bytes: words(0x3c00, 0xc100, 0x0001, 0x7bff, 0x7c00, 0xfc00, 0x7e00) },
      b: { shape: [3], values: [], dtype: 'BF16', bytes: words(0x3f80, 0xc020, 0x7f80) },
      none: { shape: [0, 4], values: [] },
      scalar: { shape: [], values: [7] },
    });
    // Somewhere in a larger buffer, and as Node reads files.
    const larger = (shift: number) => {
      const bytes = new Uint8Array(file.length + shift);
      bytes.set(file, shift);
      return bytes.subarray(shift);
    };
    for (const bytes of [file, larger(0), larger(1), larger(3)]) {
      const tensors = read(bytes);
      expect([...tensors.keys()]).toEqual(['f', 'h', 'b', 'none', 'scalar']);
      expect(tensors.get('f')).toEqual({ shape: [2, 2], data: Float32Array.of(1, -2.5, 3, 1e-30) });
      expect(tensors.get('h')!.data).toEqual(Float32Array.of(1, -2.5, 2 ** -24, 65504, Infinity, -Infinity, NaN));
      expect(tensors.get('b')!.data).toEqual(Float32Array.of(1, -2.5, Infinity));
      expect(tensors.get('none')).toEqual({ shape: [0, 4], data: new Float32Array(0) });
      expect(tensors.get('scalar')!.data).toEqual(Float32Array.of(7));
    }
  });

  const header = (change: (entry: { dtype: unknown; shape: unknown; data_offsets: unknown }) => void) =>
    safetensors(one, (all) => change(all['a'] as { dtype: unknown; shape: unknown; data_offsets: unknown }));
  test.each<[string, Uint8Array, string]>([
    ['is too short for a header', Buffer.from('1234'), 'it has 4 bytes'],
    ['is a page', Buffer.from('<!doctype html><html>'), 'its header ends at byte'],
    ['has a header that is longer than itself', withHeader('{}').subarray(0, 9), 'its header ends at byte 10, and the file has 9'],
    ['has no JSON for a header', withHeader('{"a":'), 'it is not JSON'],
    ['has a list for a header', withHeader('[]'), 'it holds a list, not an object'],
    ['has no shape', header((entry) => (entry.shape = null)), 'tensor a has no shape or no data_offsets'],
    ['has a negative shape', header((entry) => (entry.shape = [-2])), 'tensor a has no shape'],
    ['has fractions for offsets', header((entry) => (entry.data_offsets = [0, 7.5])), 'tensor a has no shape or no data_offsets'],
    ['has one offset', header((entry) => (entry.data_offsets = [0])), 'tensor a lies at bytes 0 to undefined'],
    ['ends before its tensor', header((entry) => (entry.data_offsets = [4, 12])), 'tensor a lies at bytes 4 to 12 of 8'],
    ['has offsets in the wrong order', header((entry) => (entry.data_offsets = [8, 0])), 'tensor a lies at bytes 8 to 0 of 8'],
    ['has fewer values than its shape', header((entry) => (entry.shape = [3])), 'tensor a has 8 bytes, and its shape [3] takes 12'],
    ['has integers', header((entry) => (entry.dtype = 'I8')), 'tensor a is of type I8, and only F32, F16, BF16 are read'],
    ['has no type', header((entry) => (entry.dtype = undefined)), 'tensor a is of type undefined'],
  ])('that %s is refused', (_, bytes, why) => {
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({
        code: 'model-file-invalid',
        message: expect.stringMatching(/^w\.safetensors \(here\)/),
      }),
    );
    expect(() => read(bytes)).toThrow(why);
  });
});
