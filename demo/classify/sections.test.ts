/** The page's words for the labels, against the labels of the head that it loads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sectionWords } from './sections.ts';

it('has words for each label of the head, in its order', () => {
  const head = join(import.meta.dirname, '../../models/heads/debian-sections/head.json');
  expect(Object.keys(sectionWords)).toEqual((JSON.parse(readFileSync(head, 'utf8')) as { labels: string[] }).labels);
});
