/**
 * The model that an answer names -> whether it is the one that answered before, and the one that was asked for.
 *
 * Another name than the one asked for is a warning, and once: gateways, Azure's deployments and LM Studio answer with the name behind an alias, and
 * OpenAI with a dated one. Whether it is the same model, the caller knows. Another name than before is an error: behind the URL a model was exchanged,
 * or there are two, and their vectors would lie among each other with nothing to tell them apart.
 */
import { PoolingError, shown } from '../errors.ts';

export class AnsweringModel {
  /** Null: the caller named none. */
  readonly #asked: string | null;
  readonly #title: string;
  readonly #warn: (message: string) => void;
  /** By path: a gateway may have a model for each. */
  readonly #before = new Map<string, string>();
  #isTold = false;

  constructor(asked: string | null, title: string, warn: (message: string) => void) {
    this.#asked = asked;
    this.#title = title;
    this.#warn = warn;
  }

  /** `model`: null says nothing. `other`: that answered the same call. Throws `server-error`. */
  check(path: string, model: string | null, other: string | null = null): void {
    const before = this.#before.get(path) ?? other;
    if (model === null || before === null || isSameName(before, model)) return;
    throw new PoolingError(
      'server-error',
      `${this.#title} answered ${path} with the model ${named(model)}, and with ${named(before)} before: results of two models are not mixed. Connect again to have the new one.`,
    );
  }

  /** For the calls after this one, whose answers were right. */
  keep(path: string, model: string | null): void {
    if (model === null) return;
    if (!this.#before.has(path)) this.#before.set(path, model);
    if (this.#asked === null || this.#isTold || isSameName(this.#asked, model)) return;
    this.#isTold = true;
    this.#warn(otherModel(this.#title, this.#asked, model));
  }
}

/** Null: it names none. */
export function modelIn(answer: unknown): string | null {
  const { model } = (answer ?? {}) as { model?: unknown };
  return typeof model === 'string' && model !== '' ? model : null;
}

export function otherModel(title: string, asked: string, found: string): string {
  return `${title} was asked for the model ${named(asked)} and answers with ${named(found)}. Check that this is the same one.`;
}

/** Names of one model: with its owner or its folder and without, in any case, with Ollama's default tag. */
export function isSameName(a: string, b: string): boolean {
  return bare(a) === bare(b);
}

function bare(name: string): string {
  const parts = name.toLowerCase().replace(/\/+$/, '').split('/');
  return parts.at(-1)!.replace(/:latest$/, '');
}

/** It comes from outside. */
function named(model: string): string {
  return shown(model.slice(0, 200));
}
