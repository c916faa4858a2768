/** A request of any method -> what it asks for beyond the defaults, by the callers' names, and an error for what a server cannot be asked. */
import { PoolingError, shown } from '../errors.ts';
import { poolRequest } from '../facade/pool-request.ts';
import { scoreRequest } from '../facade/score-request.ts';
import type { PoolingParams } from '../types.ts';
import type { PoolRequest, ScoreRequest } from '../wire/protocol.ts';

/** `truncateToMax`: a negative `truncatePromptTokens`. `activation`: any of the names of the one switch of poolingParams. */
export type Option =
  | 'truncatePromptTokens'
  | 'truncateToMax'
  | (typeof PLAIN)[number]
  | 'offsets'
  | 'chatTemplateKwargs'
  | 'maxTokensPerQuery'
  | 'maxTokensPerDoc'
  | 'activation'
  | 'softmax'
  | 'dimensions'
  | 'step_tag_id'
  | 'returned_token_ids'
  | 'late_chunking_params';

/** What is asked for by any other value than the default. */
const PLAIN = [
  'truncationSide',
  'promptName',
  'prompt',
  'head',
  'addSpecialTokens',
  'priority',
  'queryPromptName',
  'documentPromptName',
  'instruction',
  'chatTemplate',
  'longDocuments',
] as const;

/** What calls without options ask for. */
const DEFAULTS = { ...poolRequest('embed', [], undefined).request, ...scoreRequest([], [], undefined).request };

type Request = PoolRequest | ScoreRequest;

function askedOf(request: Request, params: PoolingParams): Option[] {
  const given = request as Partial<PoolRequest & ScoreRequest>;
  const asked: Option[] = PLAIN.filter((name) => name in given && given[name] !== DEFAULTS[name]);
  const { truncatePromptTokens: most } = request;
  if (most !== null) asked.push(most < 0 ? 'truncateToMax' : 'truncatePromptTokens');
  for (const name of ['maxTokensPerQuery', 'maxTokensPerDoc'] as const) if (given[name]) asked.push(name);
  if (Object.keys(given.chatTemplateKwargs ?? {}).length > 0) asked.push('chatTemplateKwargs');
  // Of tokenClassify they are the default, and null is an answer.
  if (given.offsets && given.task !== 'token_classify') asked.push('offsets');
  if (switchOf(params) !== null) asked.push('activation');
  // The one switch of newer servers normalises states.
  if (given.task === 'encode' && params.softmax) asked.push('softmax');
  for (const name of ['dimensions', 'step_tag_id', 'returned_token_ids', 'late_chunking_params'] as const)
    if ((params[name] ?? null) !== null) asked.push(name);
  // Without a cut there is no side of it.
  return most === null ? asked.filter((name) => name !== 'truncationSide') : asked;
}

/** vLLM's `use_activation` in any of its names. Null: as the model has it. */
export function switchOf({ normalize, activation, softmax, use_activation }: PoolingParams): boolean | null {
  return normalize ?? activation ?? softmax ?? use_activation ?? null;
}

/** Throws for what is asked and not taken. An option that is dropped in silence gives another vector than the one that was asked for. */
export function checkAsked(request: Request, params: PoolingParams, takes: readonly Option[], title: string): void {
  const { truncatePromptTokens: most } = request;
  if (most !== null && !Number.isInteger(most)) {
    throw new PoolingError('invalid-option', `truncatePromptTokens must be an integer or null, got ${shown(most)}.`);
  }
  if ((params.normalize ?? null) !== null && (params.softmax ?? null) !== null) {
    throw new PoolingError('invalid-option', `${title} has one switch for normalize and softmax: set one of them.`);
  }
  const refused = askedOf(request, params).filter((name) => !takes.includes(name));
  if (refused.length === 0) return;
  const task = 'task' in request ? request.task : 'score';
  throw new PoolingError(
    'invalid-option',
    `${title} cannot be asked for ${refused.map(nameOf).join(', ')} with ${task}. It takes: ${takes.map(nameOf).join(', ') || 'no options'}.`,
  );
}

function nameOf(name: Option): string {
  if (name === 'truncateToMax') return 'truncatePromptTokens: -1';
  if (name === 'offsets') return 'returnOffsets';
  return name === 'activation' ? 'normalize/activation/softmax' : name;
}
