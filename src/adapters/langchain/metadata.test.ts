import { describe, expect, test } from 'vitest';
import { flat, nested } from './metadata.ts';

const of = 'The metadata of "a"';

/** As pdf.js' own: what it knows is private. */
class Xmp {
  #title = 'x';
  get title(): string {
    return this.#title;
  }
}
/** As that of the pdf.js that pdf-parse brings. */
class OldXmp {
  _metadata = { 'dc:title': 'x' };
}

describe('metadata of LangChain', () => {
  test('is flat in an index, each value at its path', () => {
    expect(flat({ source: 'a.pdf', loc: { lines: { from: 1, to: 2 } }, 'a.b': [true, 'x'], left: undefined }, of)).toEqual({
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
    ['lists of objects, of lists and of null', { a: [{ b: 1 }, {}], c: { d: [[1], []], 'e.f': [null, 'x'] }, g: [] }],
    ['texts that look like lists', { a: '[1]', b: { c: '[{}]' } }],
    ['keys that are empty', { '': 1, a: { '': 2 }, b: { '': { '': 3 } } }],
    [
      'keys that objects have by birth',
      JSON.parse('{ "__proto__": { "a": 1 }, "b": { "constructor": { "prototype": 2 } }, "toString": 3 }'),
    ],
  ])('comes back as it was: %s', (_, metadata) => {
    expect(JSON.stringify(nested(flat(metadata, of)))).toBe(JSON.stringify(metadata));
  });

  test.each<[string, object, object]>([
    [
      'dates',
      { at: { when: new Date(0) }, all: [new Date(0)] },
      { 'at.when': '1970-01-01T00:00:00.000Z', all: ['1970-01-01T00:00:00.000Z'] },
    ],
    ['a date that is none', { at: new Date(NaN) }, { at: null }],
    ['what has its own JSON', { url: new URL('https://a.b/c') }, { url: 'https://a.b/c' }],
    [
      'the objects of loaders',
      { pdf: { metadata: new Xmp(), old: new OldXmp() } },
      { 'pdf.metadata.\\': null, 'pdf.old._metadata.dc:title': 'x' },
    ],
    ['functions and symbols', { a: () => 1, b: Symbol('x'), c: { d: () => 1 } }, { 'c.\\': null }],
    [
      'numbers that JSON has not',
      { a: NaN, b: [Infinity], c: 12345678901234567890n },
      { a: null, 'b.\\': '[null]', c: '12345678901234567890' },
    ],
  ])('is what JSON makes of it: %s', (_, metadata, expected) => {
    const kept = flat(metadata, of);
    expect(kept).toEqual(expected);
    // What was read is kept as it was read.
    expect(flat(nested(kept), of)).toEqual(kept);
  });

  const circle: Record<string, unknown> = {};
  circle.itself = circle;
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  const failing = {
    get a(): never {
      throw new Error('gone');
    },
  };
  test.each<[string, object, string]>([
    ['itself', circle, "'itself'"],
    ['more than can be gone through', deep, 'call stack'],
    ['a value that cannot be read', failing, 'gone'],
  ])('that holds %s is refused, with its document and what to do', (_, metadata, detail) => {
    const refused = expect(() => flat(metadata, of));
    refused.toThrow(expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(detail) }));
    refused.toThrow('The metadata of "a" is kept as JSON. Leave out, or make a text of, what JSON cannot hold: ');
  });

  test.each([
    ['a list', []],
    ['a text', 'x'],
    ['a date', new Date(0)],
    ['a function', () => 1],
  ])('that is %s is refused', (_, metadata) => {
    expect(() => flat(metadata, of)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('The metadata of "a" must be an object, got ') }),
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

  test.each<Record<string, string | number | null>>([
    { a: 1, 'a.b': 2 },
    { 'a.b': 2, a: 1 },
    { a: null, 'a.b.c': 2 },
    { 'a.\\': 3, '\\': 4 },
    { 'a.\\': '[1', 'b.\\': '{}', 'c.\\': '1' },
    { '\\x': 1, '\\\\x.b': 2 },
  ])('loses nothing: %o', (metadata) => {
    const values = (one: object): unknown[] => Object.values(one).flatMap((value) => (value instanceof Object ? values(value) : [value]));
    expect(values(nested(metadata)).sort()).toEqual(Object.values(metadata).sort());
  });

  test('with a path that begins at a value keeps that path', () => {
    expect(nested({ 'a.b': 2, a: 1, 'c.d': 3 })).toEqual({ a: 1, 'a.b': 2, c: { d: 3 } });
  });
});
