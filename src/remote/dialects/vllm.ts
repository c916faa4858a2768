/** The dialect of vLLM, and of rockpool's own server, which has all of it and some options of rockpool's. */
import { look } from '../ask.ts';
import type { Option } from '../asked.ts';
import type { Dialect, Served } from '../dialect.ts';
import { lengthOf, textsOf, type Fields } from '../read-answer.ts';
import type { PoolTask } from '../../types.ts';
import { modelList, pick, rootOf } from './model-list.ts';
import { detokenizeRoute, tokenizeRoute } from './vllm-tokens.ts';
import { classifyRoute, embedRoute, poolingRoute, scoreRoute, type VllmServer } from './vllm-routes.ts';

/**
 * vLLM takes any field and ignores those that it does not know. Over 2026 it got `truncation_side`, `max_tokens_per_doc`, `instruction`,
 * `use_activation` for embeddings and the tasks of /pooling; a server that is older than this, to be on the safe side, is not asked for
 * them.
 */
const ALL_FIELDS = [0, 26] as const;

export const vllm: Dialect = async (server, options, signal) => {
  const root = rootOf(server);
  const list = await modelList(server, `${root}/v1/models`, signal);
  const owner = list?.[0]?.['owned_by'];
  const isNamed = options.dialect === 'vllm';
  if (!isNamed && owner !== 'vllm' && owner !== 'rockpool') return null;
  if (!list && options.model === null) return null;
  const model = pick(list ?? [], options.model, server);
  const version = await versionOf(server, root, signal);
  const isRockpool = owner === 'rockpool';
  const at: VllmServer = { root, model: model.id as string, isRockpool, isOld: !isRockpool && isOlder(version) };
  const says = servesIn(isRockpool ? model['tasks'] : null);
  const routes = { embed: embedRoute(at), classify: classifyRoute(at), ...(!at.isOld && tokenRoutes(at)) };
  return {
    title: `${isRockpool ? 'rockpool' : 'vLLM'} ${version ?? ''}`.trim(),
    model: at.model,
    maxInputs: 256,
    maxModelLen: lengthOf(model['max_model_len']),
    dtype: null,
    pooling: null,
    labels: options.labels,
    ...(isRockpool && promptsOf(model)),
    warnings: [],
    pool: Object.fromEntries(Object.entries(routes).filter(([task]) => says(task))),
    score: says('score') ? scoreRoute(at) : null,
    tokenize: tokenizeRoute(at),
    detokenize: detokenizeRoute(at),
  };
};

/** rockpool alone says what its model serves. Of another, and of an older rockpool, it is found out by asking. */
function servesIn(tasks: unknown): (task: string) => boolean {
  return Array.isArray(tasks) ? (task) => tasks.includes(task) : () => true;
}

/** rockpool alone says what it writes before texts. A default that it does not have is none. */
function promptsOf(model: Fields): Pick<Served, 'prompts' | 'defaultPromptName'> {
  const prompts = textsOf(model['prompts']);
  const name = model['default_prompt_name'];
  return { prompts, defaultPromptName: typeof name === 'string' && Object.hasOwn(prompts, name) ? name : null };
}

/**
 * Newer vLLM has two tasks left for rows of tokens; the methods that had tasks of their own are served by them, and `encode` is the one not
 * normalised.
 */
function tokenRoutes(at: VllmServer) {
  const names: Readonly<Record<'encode' | 'token_embed' | 'token_classify' | 'reward', string>> = at.isRockpool
    ? { encode: 'encode', token_embed: 'token_embed', token_classify: 'token_classify', reward: 'reward' }
    : { encode: 'token_embed', token_embed: 'token_embed', token_classify: 'token_classify', reward: 'token_classify' };
  const takes = (task: PoolTask): Option[] => [
    ...(task === 'encode' || task === 'token_embed' ? (['dimensions'] as const) : []),
    ...(task === 'encode' && at.isRockpool ? (['softmax'] as const) : []),
  ];
  return Object.fromEntries(
    Object.entries(names).map(([task, name]) => [
      task,
      poolingRoute(at, name, takes(task as PoolTask), task === 'encode' && !at.isRockpool ? false : null),
    ]),
  );
}

async function versionOf(server: Parameters<Dialect>[0], root: string, signal: AbortSignal): Promise<string | null> {
  const looked = await look(server, `${root}/version`, null, signal);
  if ('fault' in looked) return null;
  const { version } = (looked.answer ?? {}) as Fields;
  return typeof version === 'string' ? version : null;
}

function isOlder(version: string | null): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (major === undefined) return false;
  return Number(major) < ALL_FIELDS[0] || (Number(major) === ALL_FIELDS[0] && Number(minor) < ALL_FIELDS[1]);
}
