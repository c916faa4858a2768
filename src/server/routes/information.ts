/** GET /v1/models, /health, /ping, /version, /load: what a server says of itself. */
import type { Answer } from '../call.ts';
import { SHUTTING_DOWN, unavailable } from '../http-error.ts';
import type { ServerContext } from '../server-context.ts';

export function modelList({ models, created }: ServerContext): Answer {
  const data = models.all.map(({ name, llm: { info } }) => ({
    id: name,
    object: 'model',
    created,
    owned_by: 'rockpool',
    // How a server behind this one calls its model may be a path there.
    root: info.device === 'remote' ? name : info.model,
    parent: null,
    max_model_len: info.max_model_len,
    // rockpool's own: what may be asked for, so that a server before this one chooses the same model; and how long a text may be depends on what is
    // written before it.
    tasks: info.tasks,
    prompts: info.prompts,
    default_prompt_name: info.default_prompt_name,
    permission: [
      {
        id: `modelperm-${crypto.randomUUID().replaceAll('-', '')}`,
        object: 'model_permission',
        created,
        allow_create_engine: false,
        allow_sampling: true,
        allow_logprobs: true,
        allow_search_indices: false,
        allow_view: true,
        allow_fine_tuning: false,
        organization: '*',
        group: null,
        is_blocking: false,
      },
    ],
  }));
  return { body: { object: 'list', data } };
}

export function health({ drainer, broken }: ServerContext): Answer {
  if (drainer.isDraining) throw unavailable(SHUTTING_DOWN);
  if (broken.size > 0) throw unavailable(`The engine is gone of: ${[...broken].join(', ')}.`);
  return { body: null };
}
