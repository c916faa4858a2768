/** Bytes and the SHA-256 that the caller expects -> nothing, or an error. */
import { PoolingError } from '../errors.ts';

/** Said before anything is downloaded: hashes that are not hashes, and realms that cannot compute one. */
export function checkIntegrityOption(integrity: Readonly<Record<string, string>>): void {
  for (const [path, expected] of Object.entries(integrity)) {
    if (!/^[0-9a-f]{64}$/i.test(expected)) {
      throw new PoolingError('invalid-option', `integrity[${JSON.stringify(path)}] is ${JSON.stringify(expected)}: 64 hex digits of a SHA-256 are needed.`);
    }
  }
  if (Object.keys(integrity).length > 0 && !hasDigest()) {
    throw new PoolingError('invalid-option', 'integrity cannot be checked: crypto.subtle exists only in secure contexts. Serve the page over https or from localhost.');
  }
}

/** `place` is where the bytes are from, for the message. */
export async function checkIntegrity(bytes: Uint8Array, expected: string, path: string, place: string): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  const got = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (got !== expected.toLowerCase()) {
    throw new PoolingError('integrity-mismatch', `${path} from ${place} has SHA-256 ${got}, expected ${expected.toLowerCase()}. It was not kept.`);
  }
}

function hasDigest(): boolean {
  return (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto?.subtle !== undefined;
}
