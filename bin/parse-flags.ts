/** argv and a table of flags -> typed values, positionals, and the flags that have no effect here. Underscores and dashes are the same. */
import { parseArgs } from 'node:util';
import { closest } from './closest.ts';
import { wrongUse } from './failure.ts';
import { readValue } from './flag-value.ts';
import { ignoredFlags, type Flag, type Flags, type Json, type Values } from './flags.ts';
import { merged, nested } from './json-flag.ts';

export interface Parsed<F extends Flags> {
  values: Values<F>;
  positionals: string[];
  /** Flags without an effect, as they were given. */
  ignored: string[];
}

/** What one spelling of a flag means. */
interface Spelling {
  /** The flag's first name. */
  name: string;
  /** Null: without an effect here. */
  flag: Flag | null;
  type: 'string' | 'boolean';
  /** Of a switch. */
  turnsOn: boolean;
}

export function parseFlags<F extends Flags>(argv: readonly string[], flags: F, command: string): Parsed<F> {
  const known = spellings(flags);
  const find = (name: string) => known.get(name.split('.')[0]!);
  const args = normalised(argv);
  const dotted = args.flatMap((arg) => /^--([^.=]+\.[^=]+)/.exec(arg)?.[1] ?? []).filter((name) => mayHaveKeys(find(name)));
  const options = {
    ...Object.fromEntries([...known].map(([name, { type }]) => [name, { type, multiple: true }])),
    ...Object.fromEntries(dotted.map((name) => [name, { type: 'string' as const, multiple: true }])),
  };
  for (const [name, { short }] of Object.entries(flags)) if (short !== undefined) Object.assign(options[name]!, { short });
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });

  const values: Record<string, unknown> = {};
  const positionals: string[] = [];
  const ignored: string[] = [];
  /** Where positionals go that follow a flag of several values. */
  let several: unknown[] | null = null;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      (several ?? positionals).push(token.value);
      continue;
    }
    several = null;
    if (token.kind === 'option-terminator') continue;
    const found = Object.hasOwn(options, token.name) ? find(token.name) : undefined;
    if (!found) throw unknown(token.rawName, [...known.keys()], command);
    checkValue(token, found);
    const { name, flag } = found;
    if (!flag) ignored.push(token.rawName);
    else if (flag.many)
      values[name] = several = [...((values[name] as unknown[] | undefined) ?? []), readValue(token.rawName, token.value!, flag)];
    else if (flag.kind === 'json') values[name] = merged(values[name] as Json | undefined, jsonOf(token, flag));
    else values[name] = flag.kind === 'switch' ? found.turnsOn : readValue(token.rawName, token.value!, flag);
  }
  return { values: values as Values<F>, positionals, ignored };
}

function spellings(flags: Flags): Map<string, Spelling> {
  const known = new Map<string, Spelling>();
  const add = (spelling: string, name: string, flag: Flag | null, isSwitch: boolean) => {
    known.set(spelling, { name, flag, type: isSwitch ? 'boolean' : 'string', turnsOn: true });
    if (isSwitch) known.set(`no-${spelling}`, { name, flag, type: 'boolean', turnsOn: false });
  };
  for (const [name, kind] of Object.entries(ignoredFlags)) add(name, name, null, kind === 'switch');
  for (const [name, flag] of Object.entries(flags)) {
    for (const spelling of [name, ...(flag.also ?? [])]) add(spelling, name, flag, flag.kind === 'switch');
  }
  return known;
}

/** --pooler-config.task embed. */
function mayHaveKeys(spelling: Spelling | undefined): boolean {
  return spelling?.type === 'string' && (!spelling.flag || spelling.flag.kind === 'json');
}

/** --hf_overrides is --hf-overrides, and --pooler_config.pooling-type is --pooler-config.pooling_type, as in vLLM. Values stay. */
function normalised(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.map((arg, i) => {
    if (i >= end) return arg;
    const [, name, keys = '', value = ''] = /^--([^.=]+)((?:\.[^=]*)?)(.*)$/s.exec(arg) ?? [];
    return name === undefined ? arg : `--${name.replaceAll('_', '-')}${keys.replaceAll('-', '_')}${value}`;
  });
}

interface OptionToken {
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

function checkValue({ rawName, value, inlineValue }: OptionToken, { type }: Spelling): void {
  if (type === 'boolean') {
    if (value !== undefined) throw wrongUse(`${rawName} is a switch and takes no value, got "${value}".`);
    return;
  }
  // A flag in the place of a value is a value forgotten. -1 is a value.
  if (value === undefined || (!inlineValue && /^--?[a-z]/i.test(value))) throw wrongUse(`${rawName} needs a value.`);
}

function jsonOf({ name, rawName, value = '' }: OptionToken, flag: Flag): Json {
  const [, ...keys] = name.split('.');
  return keys.length > 0 ? nested(keys, value) : (readValue(rawName, value, flag) as Json);
}

function unknown(rawName: string, known: readonly string[], command: string): Error {
  const nearest = closest(rawName.replace(/^-+/, '').split('.')[0]!, known);
  return wrongUse(`${command} has no flag ${rawName}.${nearest ? ` Did you mean --${nearest}?` : ''} All are in: ${command} --help`);
}
