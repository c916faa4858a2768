/** A command and its tables of flags -> the text of --help. */
import { EXIT_CODES } from './failure.ts';
import type { Flag, Flags } from './flags.ts';

export interface Command {
  /** Of the first line, after `rockpool`. */
  usage: string;
  about: string;
  examples: readonly string[];
  /** Title -> flags. */
  groups: Readonly<Record<string, Flags>>;
}

const WIDTH = 100;
const INDENT = 34;
const VALUES = { text: 'TEXT', integer: 'N', seconds: 'SECONDS', json: 'JSON', switch: '' } as const;

export function helpOf({ usage, about, examples, groups }: Command): string {
  const sections = Object.entries(groups).map(([title, flags]) => [`${title}:`, ...Object.entries(flags).flatMap(entry)].join('\n'));
  return [
    `rockpool ${usage}`,
    about,
    ['Examples:', ...examples.map((line) => `  ${line}`)].join('\n'),
    ...sections,
    'Underscores and dashes in flags are the same.',
    exitCodes(),
  ].join('\n\n');
}

export function exitCodes(): string {
  return ['Exit codes:', ...Object.entries(EXIT_CODES).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`)].join('\n');
}

function entry([name, flag]: [string, Flag]): string[] {
  const head = `  ${headOf(name, flag)}`;
  const lines = wrapped([flag.help, ...(flag.choices ? [`(${flag.choices.join(', ')})`] : [])].join(' '), WIDTH - INDENT);
  if (head.length < INDENT - 1) return lines.map((line, i) => (i === 0 ? head : '').padEnd(INDENT) + line);
  return [head, ...lines.map((line) => ' '.repeat(INDENT) + line)];
}

function headOf(name: string, { kind, value, many, also, short, shows }: Flag): string {
  const names = [name, ...(also ?? [])].flatMap((one) => [...(shows === 'off' ? [] : [`--${one}`]), ...(shows ? [`--no-${one}`] : [])]);
  const shown = value ?? VALUES[kind];
  return `${short ? `-${short}, ` : ''}${names.join(', ')}${shown && ` ${shown}`}${many ? ' …' : ''}`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
