/** SHA-256 hashes by path, as the caller expects them -> a check of bytes against them. */
import { PoolingError } from '../errors.ts';
import { sha256 } from '../sha256.ts';

export interface IntegrityCheck {
  /** Throws if the file has an expected hash and the bytes another. `place` is where they are from. */
  check(bytes: Uint8Array, path: string, place: string): Promise<void>;
  /** Paths with a hash that no file was checked against: a name that is misspelt protects nothing. */
  unused(): string[];
}

/** Throws before anything is downloaded: for hashes that are not hashes, and in realms that cannot compute one. */
export function createIntegrityCheck(integrity: Readonly<Record<string, string>>): IntegrityCheck {
  const expected = new Map(Object.entries(integrity).map(([path, hash]) => [path, hash.toLowerCase()]));
  for (const [path, hash] of expected) {
    if (/^[0-9a-f]{64}$/.test(hash)) continue;
    throw new PoolingError(
      'invalid-option',
      `integrity[${JSON.stringify(path)}] is ${JSON.stringify(hash)}: it has to be the 64 hex digits of a SHA-256.`,
    );
  }
  if (expected.size > 0 && (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto?.subtle === undefined) {
    throw new PoolingError(
      'invalid-option',
      'integrity cannot be checked: crypto.subtle exists only in secure contexts. Serve the page over https or from localhost.',
    );
  }
  const unused = new Set(expected.keys());
  return {
    async check(bytes, path, place) {
      const hash = expected.get(path);
      if (hash === undefined) return;
      unused.delete(path);
      const got = await sha256(bytes as Uint8Array<ArrayBuffer>);
      if (got === hash) return;
      throw new PoolingError('integrity-mismatch', `${path} (${place}) has SHA-256 ${got}, expected ${hash}. It was not kept.`);
    },
    unused: () => [...unused],
  };
}
