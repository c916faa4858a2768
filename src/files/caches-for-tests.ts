/** A CacheStorage in memory, with a quota and faults to order: as much of the Cache API as the package uses. */

export interface FakeCaches {
  /** Hand it to `vi.stubGlobal('caches', …)`. */
  storage: CacheStorage;
  /** Key to bytes, of all that is stored in `rockpool`. */
  entries: Map<string, { bytes: Uint8Array; headers: Headers }>;
  /** Bytes that fit. */
  quota: number;
  /** Thrown by every call, if set. */
  forbidden: Error | null;
  /** Called before each put with its key. May throw. */
  beforePut: (key: string) => void;
}

export function fakeCaches(): FakeCaches {
  const entries: FakeCaches['entries'] = new Map();
  let exists = false;
  const fake: FakeCaches = { storage: null as unknown as CacheStorage, entries, quota: Infinity, forbidden: null, beforePut: () => {} };
  const used = () => [...entries.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const guard = () => {
    if (fake.forbidden) throw fake.forbidden;
  };
  const cache = {
    async match(key: string) {
      guard();
      const entry = entries.get(key);
      return entry && new Response(entry.bytes.slice(), { headers: entry.headers });
    },
    async put(key: string, response: Response) {
      guard();
      fake.beforePut(key);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (used() + bytes.length > fake.quota) throw new DOMException('Quota exceeded.', 'QuotaExceededError');
      entries.set(key, { bytes, headers: response.headers });
    },
    async delete(key: string | Request) {
      guard();
      return entries.delete(typeof key === 'string' ? key : key.url);
    },
    async keys() {
      guard();
      return [...entries.keys()].map((url) => new Request(url));
    },
  };
  fake.storage = {
    async open() {
      guard();
      exists = true;
      return cache;
    },
    async has() {
      guard();
      return exists;
    },
    async delete() {
      guard();
      entries.clear();
      exists = false;
      return true;
    },
  } as unknown as CacheStorage;
  return fake;
}
