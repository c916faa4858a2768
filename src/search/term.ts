/**
 * A word -> what it is looked for by: in lower case and without accents, so that cafe is found as café, and strasse as Straße. Marks of
 * other writing than Latin, Greek and Cyrillic make other letters (か, が) and stay.
 */

/**
 * Letters that are one with their mark in Unicode, and are typed without it. In a string: as names in the code they would stop a page that
 * says no charset, whose classic scripts are read as windows-1252.
 */
const PLAIN = new Map('ß ss,æ ae,œ oe,ø o,ł l,đ d,ı i'.split(',').map((pair) => pair.split(' ') as [letter: string, plain: string]));

const MAY_HAVE_MARKS = /[\u00df-\u052f\u1e00-\u1fff]/;

export function asTerm(word: string): string {
  const lower = word.toLowerCase();
  if (!MAY_HAVE_MARKS.test(lower)) return lower;
  // The block of combining marks that those three share.
  const bare = lower.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, '');
  return Array.from(bare.normalize('NFC'), (letter) => PLAIN.get(letter) ?? letter).join('');
}
