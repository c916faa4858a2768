/**
 * What a call learns of its server -> kept for the calls after it. Only here, at the call's end, and all of it or nothing: one answer that
 * cannot be right must not decide what the right ones are measured by.
 */
import type { RemoteContext } from './remote-call.ts';
import { wrong } from './read-answer.ts';
import type { Most } from './request-limits.ts';

export interface Learned {
  path: string;
  /** The model that answered; null: no answer named one. */
  model: string | null;
  /** What a request may have, as refusals told. */
  limits: Most;
  /** Numbers a row, by what was asked for. */
  widths: ReadonlyMap<string, number>;
}

/** Another call may have ended meanwhile. Throws `server-error`. */
export function keepLearned(learned: readonly Learned[], { answering, widths, limits }: RemoteContext): void {
  const merged = new Map(widths);
  const named = new Map<string, string>();
  for (const each of learned) {
    answering.check(each.path, each.model, named.get(each.path) ?? null);
    if (each.model !== null) named.set(each.path, each.model);
    for (const [key, width] of each.widths) {
      const before = merged.get(key) ?? width;
      if (width !== before) throw wrong(`${width} numbers a row for ${key.trimEnd()} where it should be ${before}, as before`);
      merged.set(key, width);
    }
  }
  for (const each of learned) {
    answering.keep(each.path, each.model);
    limits.lower(each.limits);
  }
  for (const [key, width] of merged) widths.set(key, width);
}
