/** What the adapters take for `LLM.embed`, as settings and per call -> its options. */
import { readOptions } from '../facade/options.ts';
import { OPTIONS_OF } from '../facade/pool-request.ts';
import { rolePrompt, type Role } from '../facade/role-prompt.ts';
import type { EmbedOptions, ModelInfo, PoolingParams, PromptOptions } from '../types.ts';

/** Options of `LLM.embed`, one for all texts. */
export interface EmbedSettings extends Omit<EmbedOptions, 'poolingParams'> {
  /** One for all texts. */
  poolingParams?: PoolingParams;
  /** `poolingParams.dimensions` for short, and before it. Only for Matryoshka models. Default: all of them. */
  dimensions?: number;
}

export const EMBED_SETTINGS: readonly (keyof EmbedSettings)[] = [...OPTIONS_OF.embed, 'dimensions'];

/** Settings as given, in either spelling: those of `LLM.embed`, less `but`, and `more` that the adapter takes. Others throw `invalid-option`. */
export function readSettings<T extends object>(
  given: T | undefined,
  more: readonly (keyof T & string)[],
  of: string,
  but: readonly string[] = [],
): Partial<T> {
  const known = EMBED_SETTINGS.filter((name) => !but.includes(name)) as readonly string[] as readonly (keyof T & string)[];
  return readOptions<T>(given, [...known, ...more], of);
}

/** Later settings go before earlier ones, pooling parameters one by one. */
export function embedOptions(...settings: readonly EmbedSettings[]): EmbedOptions {
  const poolingParams = Object.assign({}, ...settings.map(paramsOf)) as PoolingParams;
  const { dimensions: _dimensions, ...options } = merged<EmbedSettings>(...settings);
  return { ...options, poolingParams };
}

/** Later settings go before earlier ones: the name of a prompt before an earlier prompt's text, too, which would win over it in one call. */
export function merged<T extends PromptOptions>(...settings: readonly T[]): T {
  return settings.reduce((earlier, later) => {
    const { prompt: _prompt, ...rest } = earlier;
    return { ...(later.promptName === undefined ? earlier : rest), ...later } as T;
  });
}

function paramsOf({ poolingParams, dimensions }: EmbedSettings): PoolingParams {
  return { ...poolingParams, ...(dimensions !== undefined && { dimensions }) };
}

/** Where a text's part in a search is known. */
export interface RoleSettings extends Omit<EmbedSettings, 'promptName' | 'prompt'> {
  /** The prompt before queries: a key of `info.prompts`; '' is none. Default: `query` if the model has it, else its default prompt. */
  queryPromptName?: string;
  /** The prompt before documents. Default: the first of `document`, `passage` and `corpus` that the model has, else its default prompt. */
  documentPromptName?: string;
}

export type { Role } from '../facade/role-prompt.ts';

/** The settings with the prompt of the role. */
export function roleOptions({ queryPromptName, documentPromptName, ...settings }: RoleSettings, role: Role, info: ModelInfo): EmbedOptions {
  const given = { query: queryPromptName, document: documentPromptName }[role];
  const promptName = given ?? rolePrompt(role, info);
  return embedOptions(settings, promptName === undefined ? {} : { promptName });
}
