/** A server's URL -> what it is and what its model can be asked for, by asking it. */
import { PoolingError } from '../errors.ts';
import { NoAnswer, type Server } from './ask.ts';
import { tasksOf, type Dialect, type Served } from './dialect.ts';
import { infinity } from './dialects/infinity.ts';
import { openai } from './dialects/openai.ts';
import { tei } from './dialects/tei.ts';
import { vllm } from './dialects/vllm.ts';
import { placed } from './placed.ts';
import type { DialectName, ResolvedRemote } from './remote-options.ts';

/** From the one that is most easily told to the one that all copy. */
const DIALECTS: Readonly<Record<DialectName, Dialect>> = { tei, vllm, infinity, openai };

export async function detect(server: Server, options: ResolvedRemote, signal: AbortSignal): Promise<Served> {
  const { dialect } = options;
  const names = dialect === 'auto' ? (Object.keys(DIALECTS) as DialectName[]) : [dialect];
  let refused: PoolingError | null = null;
  for (const name of names) {
    try {
      const served = await DIALECTS[name](server, options, signal);
      if (served) return onlyFor(options, served);
    } catch (error) {
      // A gateway may refuse a path that it does not have, and answer another.
      if (dialect !== 'auto' || !isRefusal(error)) throw error;
      refused ??= error;
    }
  }
  if (refused) throw refused;
  const asked = names.length > 1 ? `speaks none of ${names.join(', ')}` : `does not answer as ${names[0]} does`;
  throw new PoolingError('server-error', `${placed(server)} ${asked}. Check the URL, or name \`dialect\` and \`model\`.`);
}

/** No answer is none to the other dialects' questions either. */
function isRefusal(error: unknown): error is PoolingError {
  const { code } = error as PoolingError;
  return error instanceof PoolingError && !(error instanceof NoAnswer) && code !== 'aborted' && code !== 'invalid-option';
}

/** What the caller says of the model: its other routes are not asked. */
function onlyFor({ tasks }: ResolvedRemote, served: Served): Served {
  if (tasks === null) return served;
  const pool = Object.fromEntries(Object.entries(served.pool).filter(([task]) => (tasks as readonly string[]).includes(task)));
  const score = tasks.includes('score') ? served.score : null;
  const missing = tasks.filter((task) => !tasksOf({ pool, score }).includes(task));
  if (missing.length === 0) return { ...served, pool, score };
  throw new PoolingError(
    'invalid-option',
    `${served.title} has no route for ${missing.join(', ')}. It has: ${tasksOf(served).join(', ')}.`,
  );
}
