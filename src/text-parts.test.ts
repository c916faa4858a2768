import { expect, test } from 'vitest';
import { textParts } from './text-parts.ts';

test.each([
  ['', []],
  ['abc', ['abc']],
  ['abcd', ['abc', 'd']],
  ['ab🐟c', ['ab', '🐟c']],
  ['🐟🐟', ['🐟', '🐟']],
  ['ab\ud83d', ['ab\ud83d']],
  ['\udc1fabc', ['\udc1fab', 'c']],
])('%j in parts of three', (text, parts) => expect([...textParts(text, 3)]).toEqual(parts));
