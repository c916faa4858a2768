/** A map of so many entries. */
import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

test('the one that was used last stays, and what makes room is handed back', () => {
  const recent = new Recent<string, number>(2);
  expect([recent.set('a', 1), recent.set('b', 2), recent.set('a', 3)]).toEqual([undefined, undefined, undefined]);
  expect(recent.get('b')).toBe(2);
  expect(recent.set('c', 4)).toBe(3);
  expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([undefined, 2, 4]);
  recent.delete('b');
  expect(recent.set('d', 5)).toBeUndefined();
  recent.clear();
  expect(recent.get('d')).toBeUndefined();
});
