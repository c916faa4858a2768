/** A refusal's status and words -> whether the request asked for too much at once, so that parts of it may be taken, and what the limit is. */
import { PoolingError, type ErrorCode } from '../errors.ts';

/** `inputs`: too many of them. `size`: too many bytes or tokens in all. */
export interface Excess {
  of: 'inputs' | 'size';
  /** Inputs, where the server names their limit. */
  most: number | null;
}

export class TooLarge extends PoolingError {
  readonly excess: Excess;

  constructor(code: ErrorCode, message: string, excess: Excess) {
    super(code, message);
    this.excess = excess;
  }
}

/** Of one text, which no splitting makes shorter. */
export const TOO_LONG =
  /maximum (context|model) length|less than \d+ tokens|exceeds? (the |maximum |model'?s? )*context|input (is )?too (long|large)|too many tokens/i;

const THINGS = '(?:inputs?|items?|texts?|strings?|documents?|sentences?|passages?|elements?|entries|requests?|values?)';

/** As TEI, SiliconFlow, DashScope and Voyage say it | Azure and Mistral | OpenAI | Infinity and Gemini | Cohere | others. */
const TOO_MANY = new RegExp(
  `batch[ _-]?size|too many ${THINGS}\\b|array (?:is )?too long|at most [\\d,]+ ${THINGS}\\b|number of ${THINGS}\\b|\\d+ ${THINGS} or (?:fewer|less)`,
  'i',
);
const NUMBER = '(\\d{1,3}(?:,\\d{3})+|\\d+)';
const LIMIT = new RegExp(
  `(?:at most|max(?:imum)?|(?:larger|greater|more) than|exceeds?|up to|limit)\\b\\D*${NUMBER}|${NUMBER} ${THINGS} or (?:fewer|less)`,
  'i',
);

/**
 * OpenAI: "Requested 300001 tokens, max 300000 tokens per request". Voyage: "max allowed tokens per submitted batch". rockpool, about its
 * two limits.
 */
export const TOKENS_IN_ALL =
  /tokens (?:per|in) (?:\w+ )?(?:request|batch|call)\b|a request may have \d+ tokens|the prompts of one call may have/i;

/** Null: the same inputs would be refused in smaller requests, too. Wrong here costs a few requests, and no answer. */
export function excessOf(status: number, said: string | null): Excess | null {
  if (status !== 400 && status !== 413 && status !== 422) return null;
  if (said !== null && TOKENS_IN_ALL.test(said)) return { of: 'size', most: null };
  if (said !== null && TOO_LONG.test(said)) return null;
  if (said !== null && TOO_MANY.test(said)) return { of: 'inputs', most: limitIn(said) };
  return status === 413 ? { of: 'size', most: null } : null;
}

function limitIn(said: string): number | null {
  const [, after, before] = LIMIT.exec(said) ?? [];
  const most = Number((after ?? before ?? '').replaceAll(',', ''));
  return most >= 1 ? most : null;
}
