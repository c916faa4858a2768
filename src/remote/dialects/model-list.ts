/** GET …/models, as OpenAI has it and all but TEI copy it -> the entries, and the one that is asked for. */
import { PoolingError } from '../../errors.ts';
import { look, type Server } from '../ask.ts';
import { placed } from '../placed.ts';
import type { Fields } from '../read-answer.ts';

/** Null: there is no such list at this path. Throws what may be otherwise another time: no answer, no key, a server that is still starting. */
export async function modelList(server: Server, path: string, signal: AbortSignal): Promise<Fields[] | null> {
  const looked = await look(server, path, null, signal);
  if ('fault' in looked) {
    if (looked.fault.code === 'unsupported-task' || looked.fault.code === 'invalid-input') return null;
    throw looked.fault;
  }
  const { data } = (looked.answer ?? {}) as Fields;
  if (!Array.isArray(data)) return null;
  return data.filter((model): model is Fields => typeof model === 'object' && model !== null && typeof model.id === 'string');
}

/** The first place of a list that looks right: routes are below the URL, or below the /v1 that it lacks or has too much. */
export async function findList(
  server: Server,
  signal: AbortSignal,
  isRight: (list: readonly Fields[]) => boolean,
): Promise<{ prefix: string; list: Fields[] } | null> {
  for (const prefix of new Set([pathOf(server), `${rootOf(server)}/v1`, rootOf(server)])) {
    const list = await modelList(server, `${prefix}/models`, signal);
    if (list && isRight(list)) return { prefix, list };
  }
  return null;
}

/** The model of that name, or the first. A server may know a model by a name that it does not list. */
export function pick(list: readonly Fields[], name: string | null, server: Server): Fields {
  const found = name === null ? list[0] : (list.find(({ id }) => id === name) ?? { id: name });
  if (found) return found;
  throw new PoolingError('server-error', `${placed(server)} lists no model. Name the one to ask for with the option \`model\`.`);
}

/** The path of a server, with and without the /v1 that some URLs end with. */
export function rootOf({ base }: Pick<Server, 'base'>): string {
  return base.pathname.replace(/\/$/, '').replace(/\/v1$/, '');
}

export function pathOf({ base }: Pick<Server, 'base'>): string {
  return base.pathname.replace(/\/$/, '');
}
