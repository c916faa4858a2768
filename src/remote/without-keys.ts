/** What a server or a runtime says -> the same without the keys that the server was sent: some repeat them, and the text goes into errors and logs. */
import type { ResolvedRemote } from './remote-options.ts';

const SECRET = /auth|key|token|secret|cookie|sig/i;
/** A shorter one may be part of any word. */
const LEAST_CHARS = 4;

export function withoutKeys(text: string, { base, headers }: Pick<ResolvedRemote, 'base' | 'headers'>): string {
  const secrets = [...headers, ...base.searchParams]
    .filter(([name]) => SECRET.test(name))
    // Of "Bearer KEY" and of "a=1; b=2".
    .flatMap(([, value]) => [value, ...value.split(/[\s;=]+/)])
    .flatMap((value) => [value, encodeURIComponent(value)])
    .filter(({ length }) => length >= LEAST_CHARS)
    .filter((value) => !/^(bearer|basic)$/i.test(value))
    .sort((a, b) => b.length - a.length);
  return secrets.reduce((told, secret) => told.replaceAll(secret, '[key]'), text);
}
