/** The same loops in TypeScript: the reference for the compiled ones, and what runs where those may not. */
import type { Scanner } from './scanner.ts';

export function plainScanner(): Scanner {
  let memory = new ArrayBuffer(0);
  return {
    get memory() {
      return memory;
    },
    reserve(bytes) {
      if (bytes <= memory.byteLength) return;
      const larger = new ArrayBuffer(bytes);
      new Uint8Array(larger).set(new Uint8Array(memory));
      memory = larger;
    },
    dotF32(query, rows, count, size, scores) {
      const q = new Float32Array(memory, query, size);
      const all = new Float32Array(memory, rows, count * size);
      const out = new Float32Array(memory, scores, count);
      for (let row = 0, at = 0; row < count; row++, at += size) {
        let [a, b, c, d] = [0, 0, 0, 0];
        for (let i = 0; i < size; i += 4) {
          a += all[at + i]! * q[i]!;
          b += all[at + i + 1]! * q[i + 1]!;
          c += all[at + i + 2]! * q[i + 2]!;
          d += all[at + i + 3]! * q[i + 3]!;
        }
        out[row] = a + b + c + d;
      }
    },
    dotI8(query, rows, count, size, scores) {
      const q = new Int8Array(memory, query, size);
      const all = new Int8Array(memory, rows, count * size);
      const out = new Int32Array(memory, scores, count);
      for (let row = 0, at = 0; row < count; row++, at += size) {
        let sum = 0;
        for (let i = 0; i < size; i++) sum = (sum + all[at + i]! * q[i]!) | 0;
        out[row] = sum;
      }
    },
    hamming(query, rows, count, size, scores) {
      const words = size / 4;
      const q = new Int32Array(memory, query, words);
      const all = new Int32Array(memory, rows, count * words);
      const out = new Int32Array(memory, scores, count);
      for (let row = 0, at = 0; row < count; row++, at += words) {
        let differ = 0;
        for (let i = 0; i < words; i++) differ += bitCount(all[at + i]! ^ q[i]!);
        out[row] = differ;
      }
    },
  };
}

/** Bits of a 32-bit word that are set: Hacker's Delight, 5-1. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return (((fours + (fours >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24;
}
