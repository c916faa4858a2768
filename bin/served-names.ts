/** MODEL arguments and names -> which model is served under which names. */
import { existsSync } from 'node:fs';
import { wrongUse } from './failure.ts';

export interface ToServe {
  model: string;
  /** Empty: under the model's own. */
  names: string[];
}

/** NAME=MODEL gives a model a name. A folder with such a name is a folder. */
export function modelsToServe(given: readonly string[], names: readonly string[] = []): ToServe[] {
  if (given.length === 0)
    throw wrongUse('Which model? rockpool serve MODEL, before flags that take several values: they would take it for one of theirs.');
  const models = given.map((text): ToServe => {
    const [, name, model] = existsSync(text) ? [] : (/^(\w[\w.-]*)=(.+)$/s.exec(text) ?? []);
    return name !== undefined && model !== undefined ? { model, names: [name] } : { model: text, names: [] };
  });
  if (names.length === 0) return models;
  if (models.length > 1)
    throw wrongUse('--served-model-name is for one model. Of several, each has its own: rockpool serve NAME=MODEL NAME=MODEL');
  return [{ model: models[0]!.model, names: [...models[0]!.names, ...names] }];
}

/** NAME=FOLDER of --head, or MODEL:NAME=FOLDER where there are several models -> the heads of each. */
export function headsOf(given: readonly string[] = [], models: readonly ToServe[]): Record<string, string>[] {
  const heads = models.map((): Record<string, string> => ({}));
  for (const text of given) {
    const { model, name, folder } = headOf(text, models);
    const at =
      model === null && models.length === 1 ? 0 : models.findIndex((one) => model !== null && [...one.names, one.model].includes(model));
    if (at < 0) {
      const names = models.map((one) => one.names[0] ?? one.model);
      const which = model === null ? 'is for one of the models' : `names "${model}", which is none of the models`;
      throw wrongUse(`--head ${text} ${which}. Say which: ${names.map((one) => `${one}:${name}=${folder}`).join(', or ')}`);
    }
    heads[at]![name] = folder;
  }
  return heads;
}

/** A model's URL or folder may have the signs that part the three: which it is, the models say. */
function headOf(text: string, models: readonly ToServe[]): { model: string | null; name: string; folder: string } {
  const known = models.flatMap(({ names, model }) => [...names, model]).sort((a, b) => b.length - a.length);
  const named = known.find((one) => text.startsWith(`${one}:`)) ?? null;
  const [, name, folder] = /^([^:=]+)=(.+)$/s.exec(named === null ? text : text.slice(named.length + 1)) ?? [];
  if (name !== undefined && folder !== undefined) return { model: named, name, folder };
  const [, model, ofOther, its] = /^(.+?):([^:=]+)=(.+)$/s.exec(text) ?? [];
  if (model === undefined || ofOther === undefined || its === undefined)
    throw wrongUse(`--head takes NAME=FOLDER, or MODEL:NAME=FOLDER, got "${text}".`);
  return { model, name: ofOther, folder: its };
}
