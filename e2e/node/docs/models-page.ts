/** The tables of docs/models.md, by heading and model. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const modelsPage = readFileSync(resolve(import.meta.dirname, '../../../docs/models.md'), 'utf8');

const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The rows of the table under a heading, each by the names of its columns. */
export function rows(heading: string): Record<string, string>[] {
  const [, section = ''] = modelsPage.split(`\n## ${heading}\n`);
  const lines = section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const names = cells(lines[0] ?? '');
  return lines.slice(2).map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i]!, cell])));
}

export function row(heading: string, model: string): Record<string, string> {
  const found = rows(heading).find((one) => one['model'] === `\`${model}\``);
  if (!found) throw new Error(`docs/models.md has no row for ${model} under "${heading}".`);
  return found;
}
