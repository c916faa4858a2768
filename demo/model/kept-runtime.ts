/**
 * A failed load in, the device choice whose runtime this browser has kept out. The service worker keeps a runtime once it was used
 * (../offline), so that without a network another device than that of the last visit cannot compute, and the error itself only says that a
 * file is missing.
 */
import { codeOf } from '../ui/error-words.ts';
import { runtimeFor } from './model-cards.ts';
import type { Runtime } from './model-cards.ts';

/** The larger runtime computes on the CPU, too, where the GPU does not compute right. */
export type KeptChoice = 'auto' | 'wasm';

/** Null: it failed for another reason, or nothing that is kept would do. */
export async function findKept(error: unknown, device: 'auto' | 'webgpu' | 'wasm'): Promise<KeptChoice | null> {
  if (codeOf(error) !== 'runtime-failed') return null;
  const kept = await keptRuntimes();
  if (kept.includes(runtimeFor(device))) return null;
  const choice = (['wasm', 'auto'] as const).find((other) => kept.includes(runtimeFor(other))) ?? null;
  return choice !== null && (await isOffline()) ? choice : null;
}

/** In the cache of the service worker of this page: other pages of the origin have theirs. */
async function keptRuntimes(): Promise<Runtime[]> {
  const name = `rockpool-page-runtime-${new URL('.', document.baseURI).href}`;
  try {
    if (!(await caches.has(name))) return [];
    const kept = await (await caches.open(name)).keys();
    return kept.map(({ url }) => (url.includes('asyncify') ? 'webgpu' : 'wasm'));
  } catch {
    return []; // plain http has no caches, and some browsers forbid them
  }
}

/** The service worker answers no HEAD, so that the answer is the server's. */
async function isOffline(): Promise<boolean> {
  if (!navigator.onLine) return true;
  const asked = fetch(document.baseURI, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(5000) });
  return asked.then(
    () => false,
    () => true,
  );
}
