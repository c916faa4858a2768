/** The models of a server by their names -> the one that a request means. */
import { PoolingError, shown } from '../errors.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import type { EmbeddingRequestOutput, EmbedOptions, ModelInfo, Task } from '../types.ts';
import { badRequest, HttpError } from './http-error.ts';

/** What a server needs of an LLM, whichever entry it is from: `rockpool`, `rockpool/edge` or `rockpool/remote`. */
export type PoolingModel = Pick<
  PoolingLLM,
  | 'info'
  | 'embed'
  | 'encode'
  | 'tokenEmbed'
  | 'classify'
  | 'tokenClassify'
  | 'reward'
  | 'score'
  | 'tokenize'
  | 'detokenize'
  | 'applyChatTemplate'
> & {
  /** Of several models in one, which `withFallback` makes: for what each of them has to be asked for by other options. */
  embedBy?(
    prompts: readonly string[],
    meaning: string,
    optionsFor: (info: ModelInfo) => EmbedOptions,
    signal: AbortSignal,
  ): Promise<EmbeddingRequestOutput[]>;
};

/**
 * One model under the name that it is found by, or several under theirs, the first first; the same model may have several names. Objects
 * have names that are integers before all others: pairs, as a Map has them, are in the order in which they are given.
 */
export type Models = PoolingModel | Readonly<Record<string, PoolingModel>> | Iterable<readonly [name: string, llm: PoolingModel]>;

export interface ServedModel {
  name: string;
  llm: PoolingModel;
}

/** vLLM's names of the APIs. */
const APIS: Partial<Record<Task, string>> = { embed: 'Embeddings', encode: 'Pooling', classify: 'Classification', score: 'Score' };

export class ServedModels {
  /** Each name with its model. */
  readonly all: readonly ServedModel[];
  /** A model of several names answers by the first, as in vLLM. */
  readonly #first: ReadonlyMap<PoolingModel, string>;

  constructor(models: Models) {
    const list = pairsOf(models ?? {});
    const wrong = list.find((pair) => typeof pair?.[0] !== 'string' || typeof pair[1]?.embed !== 'function');
    if (list.length === 0 || wrong) {
      throw new PoolingError(
        'invalid-option',
        `createHandler takes an LLM, or an object, a Map or pairs of LLMs by name, got ${shown(wrong?.[1] ?? models)}.`,
      );
    }
    this.all = list.map(([name, llm]) => ({ name, llm }));
    this.#first = new Map(this.all.toReversed().map(({ name, llm }) => [llm, name]));
  }

  /**
   * By name. Without one: the first that serves one of the tasks, and has the head. `tasks` are in order of preference; the one that is
   * served comes with it.
   */
  pick<T extends Task>(name: string | null | undefined, tasks: readonly T[], head?: string | null): ServedModel & { task: T } {
    const named = head == null ? this.#named(name) : withHead(this.#named(name), head);
    for (const model of tasks[0] === 'score' ? crossEncodersFirst(named) : named) {
      const task = tasks.find((one) => model.llm.info.tasks.includes(one));
      if (task) return { name: this.#first.get(model.llm)!, llm: model.llm, task };
    }
    const { tasks: can } = named[0]!.llm.info;
    throw badRequest(
      `The model does not support ${APIS[tasks[0]!] ?? tasks[0]} API. "${name || this.#first.get(named[0]!.llm)!}" serves: ${can.join(', ') || 'nothing'}.`,
    );
  }

  /** By name, whatever it serves. Without one: the first. */
  find(name: string | null | undefined): ServedModel {
    const { llm } = this.#named(name)[0]!;
    return { name: this.#first.get(llm)!, llm };
  }

  #named(name: string | null | undefined): readonly ServedModel[] {
    const named = name ? this.all.filter((model) => model.name === name) : this.all;
    if (named.length > 0) return named;
    throw new HttpError(404, 'NotFoundError', `The model \`${name}\` does not exist.`, { param: 'model' });
  }
}

function pairsOf(models: Models): readonly (readonly [string, PoolingModel])[] {
  if (typeof (models as PoolingModel).embed === 'function') return [[(models as PoolingModel).info.model, models as PoolingModel]];
  const given = models as Iterable<readonly [string, PoolingModel]>;
  return typeof given[Symbol.iterator] === 'function' ? Array.from(given) : Object.entries(models);
}

/** Which heads a server behind this one has, that does not say. */
function withHead(models: readonly ServedModel[], head: string): readonly ServedModel[] {
  const having = models.filter(({ llm }) => llm.info.heads.includes(head));
  if (having.length > 0) return having;
  const asking = models.filter(({ llm }) => llm.info.takes?.classify?.includes('head'));
  if (asking.length > 0) return asking;
  const heads = [...new Set(models.flatMap(({ llm }) => llm.info.heads))];
  const who = models.length > 1 ? 'The models of this server have' : 'This model has';
  throw badRequest(`There is no head "${head}". ${who}: ${heads.join(', ') || 'none'}.`, 'head');
}

/** One that reads both texts at once knows better than one that compares vectors. */
function crossEncodersFirst(models: readonly ServedModel[]): ServedModel[] {
  const compares = ({ llm }: ServedModel) => Number(!llm.info.tasks.includes('classify') || llm.info.tasks.includes('embed'));
  return models.toSorted((a, b) => compares(a) - compares(b));
}
