/** A request -> its id: the client's header, or 32 hex digits. It goes into ids of answers, headers and logs, so it has to be short and plain. */

export function requestIdOf(request: Request): string {
  return plain(request.headers.get('X-Request-Id')) ?? crypto.randomUUID().replaceAll('-', '');
}

/** Null: not one that can be used. */
export function plain(id: string | null | undefined): string | null {
  return id && /^[\x21-\x7e]{1,256}$/.test(id) ? id : null;
}
