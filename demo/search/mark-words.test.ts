/** The part of a body that shows a match. */
import { describe, expect, it } from 'vitest';
import { snippetOf } from './mark-words.ts';

const body =
  'This package has a long beginning that says nothing at all about what it is for, and only then names the telescope it drives.';

describe('snippetOf', () => {
  it('starts at the beginning if there is nothing to mark or it is near', () => {
    expect(snippetOf(body, new Set())).toBe(body);
    expect(snippetOf(body, new Set(['long']))).toBe(body);
    expect(snippetOf(body, new Set(['absent']))).toBe(body);
  });

  it('starts a little before the first marked word if that is far in', () => {
    const snippet = snippetOf(body, new Set(['telescope']));
    expect(snippet.startsWith('… ')).toBe(true);
    expect(snippet).toContain('telescope');
    expect(snippet.length).toBeLessThan(body.length);
  });
});
