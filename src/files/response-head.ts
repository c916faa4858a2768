/** Headers of an answer -> what they promise about the body, and whether it goes on where an earlier one broke off. */

export interface Head {
  /** Bytes of the whole file; null if unknown. Behind Content-Encoding the announced length is that of other bytes. */
  total: number | null;
  /** What tells this version of the file from another; null if nothing does. */
  validator: string | null;
}

export function readHead(response: Response): Head {
  if (isEncoded(response)) return { total: null, validator: null };
  const length = response.headers.get('content-length');
  return { total: length !== null && /^\d+$/.test(length) ? Number(length) : null, validator: validatorOf(response) };
}

/**
 * True if this 206 is the rest, from byte `from` on, of the same version of the same file. We check this ourselves instead of sending If-Range:
 * across origins that header costs a preflight, which many file hosts refuse. Content-Range may be hidden there; then length and version decide.
 */
export function continues(response: Response, from: number, before: Head): boolean {
  if (isEncoded(response) || before.total === null || before.validator === null || before.validator !== validatorOf(response)) return false;
  const range = response.headers.get('content-range');
  if (range !== null) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range) ?? [];
    return Number(start) === from && Number(total) === before.total;
  }
  return Number(response.headers.get('content-length')) === before.total - from;
}

/** Milliseconds a 429 or 503 asks us to wait, within reason; null if it names none. */
export function retryAfter(response: Response): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 30_000) : null;
}

export function isHtml(response: Response): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(response.headers.get('content-type') ?? '');
}

/** A weak ETag promises the same meaning, not the same bytes: no use for putting a file together. */
function validatorOf(response: Response): string | null {
  const etag = response.headers.get('etag');
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return response.headers.get('last-modified');
}

function isEncoded(response: Response): boolean {
  const encoding = response.headers.get('content-encoding');
  return encoding !== null && encoding !== '' && encoding !== 'identity';
}
