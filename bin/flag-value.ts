/** The text that follows a flag -> its value, checked. */
import { wrongUse } from './failure.ts';
import type { Flag } from './flags.ts';
import { jsonObject } from './json-flag.ts';

export function readValue(name: string, text: string, flag: Flag): unknown {
  if (flag.kind === 'json') return jsonObject(name, text);
  if (flag.kind === 'integer') return integerOf(name, text, flag);
  if (flag.kind === 'seconds') return millisecondsOf(name, text, flag);
  if (flag.choices && !flag.choices.includes(text)) throw wrongUse(`${name} is one of ${flag.choices.join(', ')}, got "${text}".`);
  return text;
}

const FACTORS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** vLLM's: 16k is 16,000 and 16K is 16,384. */
function integerOf(name: string, text: string, { least = 1, most = Infinity }: Flag): number {
  const [, digits, unit] = /^(-?\d+(?:\.\d+)?)([kmgKMG]?)$/.exec(text.trim()) ?? [];
  const value = digits === undefined ? NaN : Number(digits) * (FACTORS[unit!] ?? 1);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  throw wrongUse(`${name} takes an integer ${range}, got "${text}".`);
}

function millisecondsOf(name: string, text: string, { least }: Flag): number {
  const value = text.trim() === '' ? NaN : Number(text);
  // No timer runs for longer.
  const most = 2 ** 31 - 1;
  const ms = Math.ceil(value * 1000);
  if ((value > 0 || value === least) && ms <= most) return ms;
  const range = least === 0 ? 'from 0' : 'above 0';
  throw wrongUse(`${name} takes a number of seconds ${range}, at most ${Math.floor(most / 1000)}, got "${text}".`);
}
