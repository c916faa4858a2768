/** What a server answered and how often it was asked -> whether to ask again, and after how long. As OpenAI's clients do it. */

/** A server that asks for more has said that it will not answer this call. */
const LONGEST_WAIT = 60_000;
const FIRST_WAIT = 500;
const LAST_WAIT = 8_000;

/** Failures that pass. `x-should-retry` is the server's own word on it. */
export function passes(status: number, headers: Headers): boolean {
  const said = headers.get('x-should-retry');
  if (said === 'true' || said === 'false') return said === 'true';
  return status === 408 || status === 409 || status === 429 || (status >= 500 && status !== 501);
}

/** Milliseconds; null: not again. */
export function waitOf(headers: Headers, attempt: number): number | null {
  const asked = askedWait(headers);
  if (asked === null) return backOff(attempt);
  return asked <= LONGEST_WAIT ? asked : null;
}

/** Milliseconds that the server asks for; null: it does not say. */
export function askedWait(headers: Headers): number | null {
  const ms = numberIn(headers.get('retry-after-ms'));
  if (ms !== null) return ms;
  const said = headers.get('retry-after');
  if (said === null) return null;
  const seconds = numberIn(said);
  if (seconds !== null) return seconds * 1000;
  // "-1" would be a day of 2001.
  const date = /^\s*[a-z]{3}/i.test(said) ? Date.parse(said) : NaN;
  const wait = date - Date.now();
  // One that is past says that its clock is not ours, and nothing of how long.
  return wait >= 0 ? wait : null;
}

/** Twice as long each time. Up to a quarter less by chance: clients that failed together must not come back together. */
export function backOff(attempt: number): number {
  return Math.min(FIRST_WAIT * 2 ** attempt, LAST_WAIT) * (1 - Math.random() / 4);
}

function numberIn(text: string | null): number | null {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
