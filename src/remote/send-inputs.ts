/**
 * The inputs of a call -> requests that the server takes, several at a time. What it refuses as too much goes again in parts, and the limit
 * is kept.
 */
import { modelIn } from './answering-model.ts';
import { ask } from './ask.ts';
import type { RemoteCall } from './remote-call.ts';
import type { Learned } from './learned.ts';
import { groupsOf, type Most } from './request-limits.ts';
import { TooLarge, type Excess } from './too-large.ts';

/** Of inputs, by their index. */
export interface Sending {
  path: string;
  count: number;
  sizeOf(i: number): number;
  /** Only inputs with the same one share a request. */
  keyOf(i: number): string;
  body(group: readonly number[]): object;
  read(answer: unknown, group: readonly number[]): void;
}

interface Part {
  group: readonly number[];
  /**
   * A limit that a refusal told, or that is guessed from it. It counts once a request within it is answered: the refusal may have had
   * another reason.
   */
  proves: Partial<Most>;
}

/** Every input is answered once. What is learnt of the server is the caller's to keep, if all answers are right. Rejects with a PoolingError. */
export async function sendInputs(
  { path, count, sizeOf, keyOf, body, read }: Sending,
  context: RemoteCall,
): Promise<Omit<Learned, 'widths'>> {
  const { server, limits, lanes, answering, signal } = context;
  let model: string | null = null;
  // For this call alone until all of it is answered: a refusal for the sake of one input says nothing of how many there may be.
  const found: Most = { inputs: Infinity, size: Infinity };
  const now = (): Most => ({ inputs: Math.min(limits.inputs, found.inputs), size: Math.min(limits.size, found.size) });
  const split = (group: readonly number[], most: Most, proves: Partial<Most>): Part[] =>
    groupsOf(group, most, sizeOf, keyOf).map((part) => ({ group: part, proves }));

  /** More than one part, always. A limit that is not below what was sent is none: halves are tried. */
  const refused = (group: readonly number[], { of, most }: Excess): Part[] => {
    if (of === 'inputs' && most !== null && most < group.length) return split(group, { inputs: most, size: now().size }, { inputs: most });
    const half = Math.ceil(group.length / 2);
    const size = group.reduce((sum, i) => sum + sizeOf(i), 1);
    const proves = of === 'inputs' ? { inputs: half } : { size: Math.ceil(size / 2) };
    return [group.slice(0, half), group.slice(half)].map((part) => ({ group: part, proves }));
  };

  const all = Array.from({ length: count }, (_, i) => i);
  await lanes.all(split(all, limits, {}), signal, async ({ group, proves }, ended) => {
    // Another request may have found a limit since this one was planned.
    const parts = split(group, now(), proves);
    if (parts.length > 1) return parts;
    let answer: unknown;
    try {
      answer = await ask(server, path, body(group), ended);
    } catch (error) {
      if (error instanceof TooLarge && group.length > 1) return refused(group, error.excess);
      throw error;
    }
    found.inputs = Math.min(found.inputs, proves.inputs ?? Infinity);
    found.size = Math.min(found.size, proves.size ?? Infinity);
    const name = modelIn(answer);
    answering.check(path, name, model);
    model ??= name;
    read(answer, group);
    context.advance(group.length, answer);
    return [];
  });
  return { path, model, limits: found };
}
