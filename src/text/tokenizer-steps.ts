/** A tokenizer of the package and its tokenizer.json -> the steps it goes through, each with its own part of the file. */
import type { Tokenizer } from './tokenizer.ts';

export type Config = Record<string, unknown>;
type Normalizer = NonNullable<Tokenizer['normalizer']>;

export function normalizersOf(tokenizer: Tokenizer, { normalizer }: { normalizer?: unknown }): [Normalizer, Config][] {
  return stepsOf<Normalizer>(tokenizer.normalizer, normalizer, 'normalizers');
}

/** The steps of a Sequence, or the one step there is, each with its part of tokenizer.json: not every step of the package keeps its own. */
export function stepsOf<Step extends object>(step: Step | null, config: unknown, children: string): [Step, Config][] {
  if (step === null) return [];
  const inner = (step as Config)[children];
  if (!Array.isArray(inner)) return [[step, config as Config]];
  const { normalizers, pretokenizers } = config as { normalizers?: unknown[]; pretokenizers?: unknown[] };
  return (inner as (Step | null)[]).flatMap((child, i) => stepsOf(child, (normalizers ?? pretokenizers)?.[i], children));
}

/** Their configs, as the package keeps them. */
export function postProcessors(step: Tokenizer['post_processor']): Config[] {
  if (step === null) return [];
  const { processors } = step as unknown as { processors?: NonNullable<Tokenizer['post_processor']>[] };
  return processors ? processors.flatMap(postProcessors) : [configOf(step)];
}

export function configOf(step: object): Config {
  return ((step as { config?: unknown }).config ?? {}) as Config;
}

export const isRoberta = ({ type }: Config): boolean => type === 'RobertaProcessing';
