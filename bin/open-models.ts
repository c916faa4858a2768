/** The models to serve -> loaded ones, each under its names, with its heads. */
import type { LLM } from '../src/edge.ts';
import { wrongUse } from './failure.ts';
import type { LoadModel } from './load-model.ts';
import type { ToServe } from './served-names.ts';

export interface OpenModel {
  names: string[];
  llm: LLM;
}

/** `heads`: of each. */
export async function openModels(
  wanted: readonly ToServe[],
  heads: readonly Readonly<Record<string, string>>[],
  load: LoadModel,
): Promise<OpenModel[]> {
  const opened: OpenModel[] = [];
  for (const [i, { model, names }] of wanted.entries()) {
    const llm = await load(model, { heads: heads[i]!, ...(names[0] !== undefined && { servedModelName: names[0] }) });
    const all = names.length > 0 ? names : [llm.info.model];
    const twice = all.find((name) => opened.some((other) => other.names.includes(name)));
    if (twice !== undefined) throw wrongUse(`Two models are called "${twice}". Name them: rockpool serve NAME=MODEL NAME=MODEL`);
    opened.push({ names: all, llm });
  }
  return opened;
}

/** Each name with its model, in the order in which they were given. */
export function namedModels(models: readonly OpenModel[]): [name: string, llm: LLM][] {
  return models.flatMap(({ names, llm }) => names.map((name): [string, LLM] => [name, llm]));
}
