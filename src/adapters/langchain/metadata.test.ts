import { describe, expect, test } from 'vitest';
import { flat, nested } from './metadata.ts';

describe('metadata of LangChain', () => {
  test('is flat in an index, each value at its path', () => {
    expect(flat({ source: 'a.pdf', loc: { lines: { from: 1, to: 2 } }, 'a.b': [true, 'x'], left: undefined })).toEqual({
      source: 'a.pdf',
      'loc.lines.from': 1,
      'loc.lines.to': 2,
      'a\\.b': [true, 'x'],
    });
  });

  test.each<[string, object]>([
    ['objects in objects', { loc: { lines: { from: 1, to: 2 }, page: null }, tags: ['x', 1, false] }],
    ['objects that hold nothing', { e: {}, deep: { er: {} } }],
    ['keys with dots and backslashes', { 'a.b': 1, 'c\\d': { 'e.\\': 2 }, 'f\\': { g: 3 }, '\\': { '\\': null } }],
    ['keys that are empty', { '': 1, a: { '': 2 }, b: { '': { '': 3 } } }],
    [
      'keys that objects have by birth',
      JSON.parse('{ "__proto__": { "a": 1 }, "b": { "constructor": { "prototype": 2 } }, "toString": 3 }'),
    ],
  ])('comes back as it was: %s', (_, metadata) => {
    expect(JSON.stringify(nested(flat(metadata)))).toBe(JSON.stringify(metadata));
  });

  test.each([new Date(0), new Map()])('%o cannot be kept, and its path is said', (value) => {
    expect(() => flat({ at: { when: value } })).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('at.when') }),
    );
  });
});

describe('metadata of someone else’s', () => {
  test('reaches no object but its own', () => {
    const found = nested(
      JSON.parse('{ "__proto__.isAdmin": "yes", "constructor.prototype.isAdmin": "yes", "a.__proto__.isAdmin": "yes" }'),
    );
    expect(({} as { isAdmin?: string }).isAdmin).toBeUndefined();
    expect(JSON.stringify(found)).toBe(
      '{"__proto__":{"isAdmin":"yes"},"constructor":{"prototype":{"isAdmin":"yes"}},"a":{"__proto__":{"isAdmin":"yes"}}}',
    );
  });

  test.each<Record<string, number | null>>([
    { a: 1, 'a.b': 2 },
    { 'a.b': 2, a: 1 },
    { a: null, 'a.b.c': 2 },
    { 'a.\\': 3, '\\': 4 },
    { '\\x': 1, '\\\\x.b': 2 },
  ])('loses nothing: %o', (metadata) => {
    const values = (one: object): unknown[] => Object.values(one).flatMap((value) => (value instanceof Object ? values(value) : [value]));
    expect(values(nested(metadata)).sort()).toEqual(Object.values(metadata).sort());
  });

  test('with a path that begins at a value keeps that path', () => {
    expect(nested({ 'a.b': 2, a: 1, 'c.d': 3 })).toEqual({ a: 1, 'a.b': 2, c: { d: 3 } });
  });
});
