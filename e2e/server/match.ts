/** An answer's value and what it has to be -> what is wrong with it. Keys of objects are compared in their order: clients print and hash them. */

/** Null: nothing is wrong. `earlier`: what another case of the same run was answered. */
export type Check = (value: unknown, earlier: (name: string) => unknown) => string | null;

/** A function checks; a pattern is for texts; anything else has to be equal. */
export type Expected = Check | RegExp | string | number | boolean | null | readonly Expected[] | { readonly [key: string]: Expected };

export function mismatches(value: unknown, expected: Expected, earlier: (name: string) => unknown, place = 'body'): string[] {
  const wrong = (why: string) => [`${place}: ${why}`];
  if (typeof expected === 'function') {
    const why = expected(value, earlier);
    return why === null ? [] : wrong(why);
  }
  if (expected instanceof RegExp)
    return typeof value === 'string' && expected.test(value) ? [] : wrong(`${shown(value)} does not match ${expected}`);
  if (Array.isArray(expected)) {
    if (!Array.isArray(value)) return wrong(`${shown(value)} is not a list`);
    if (value.length !== expected.length) return wrong(`${value.length} items instead of ${expected.length}`);
    return expected.flatMap((one: Expected, i) => mismatches(value[i], one, earlier, `${place}[${i}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(`${shown(value)} is not an object`);
    const [keys, wanted] = [Object.keys(value), Object.keys(expected)];
    if (keys.join() !== wanted.join()) return wrong(`has the keys ${keys.join(', ')} instead of ${wanted.join(', ')}`);
    return Object.entries(expected).flatMap(([key, one]) =>
      mismatches((value as Record<string, unknown>)[key], one as Expected, earlier, `${place}.${key}`),
    );
  }
  return Object.is(value, expected) ? [] : wrong(`${shown(value)} instead of ${shown(expected)}`);
}

export function shown(value: unknown): string {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
