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

/** NAME=FOLDER of --head. */
export function headsOf(given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1 || at === text.length - 1) throw wrongUse(`--head takes NAME=FOLDER, got "${text}".`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
