/** The servers under test, as data: tiny models by the names that requests use, and three sets of options. Runs in any realm. */
import type { Handler, ServerOptions } from 'rockpool/server';
import type { PoolingModel } from '../../src/server/served-models.ts';
import type { LoadOptions } from '../../src/types.ts';

/** `folder`: in e2e/models. */
interface Loaded {
  folder: string;
  options?: Pick<LoadOptions, 'hfOverrides'>;
}

export const models = {
  /** First, so that it answers requests that name none. */
  embedder: { folder: 'tiny-bert' },
  matryoshka: { folder: 'tiny-bert', options: { hfOverrides: { matryoshka_dimensions: [16, 8] } } },
  flexible: { folder: 'tiny-bert', options: { hfOverrides: { is_matryoshka: true } } },
  /** Named prompts, and vectors of 24 values. */
  prompted: { folder: 'tiny-bert-dense' },
  reranker: { folder: 'tiny-bert-reranker' },
  classifier: { folder: 'tiny-bert-classifier' },
  tagger: { folder: 'tiny-bert-token-classifier' },
  colbert: { folder: 'tiny-colbert' },
  rewarder: { folder: 'tiny-qwen2-reward' },
} as const satisfies Record<string, Loaded>;

export type ModelName = keyof typeof models;
export const modelNames = Object.keys(models) as ModelName[];

/** Writes what BERT's tokenizer would have put around the text, so that a conversation has the ids of its text. */
export const CHAT_TEMPLATE = "[CLS] {{ messages | map(attribute='content') | join(' ') }} [SEP]";

export const serverOptions = {
  open: {},
  guarded: {
    apiKeys: ['first-key', 'second-key'],
    allowedOrigins: ['https://app.example'],
    maxBodyBytes: 2_000,
    maxInputs: 4,
    maxTokens: 60,
  },
  chatting: { chatTemplate: CHAT_TEMPLATE, trustRequestChatTemplate: true },
} as const satisfies Record<string, ServerOptions>;

export type ServerName = keyof typeof serverOptions;

/** Tells a host which server is meant: one port serves all three. */
export const SERVER_HEADER = 'X-Test-Server';

/** A file of a model, in the repository: tiny-bert has the words of the large model, and no tokenizer of its own. */
export function fileOf(folder: string, path: string): string {
  return folder === 'tiny-bert' && path === 'tokenizer.json' ? 'models/all-MiniLM-L6-v2/tokenizer.json' : `e2e/models/${folder}/${path}`;
}

export type LoadModel<Model> = (folder: string, options: LoadOptions) => Promise<Model>;

/** One after the other: side by side they need the memory of all at once. */
export async function loadModels<Model extends PoolingModel>(load: LoadModel<Model>): Promise<Record<ModelName, Model>> {
  const loaded: Partial<Record<ModelName, Model>> = {};
  for (const name of modelNames) {
    const { folder, options = {} }: Loaded = models[name];
    loaded[name] = await load(folder, { device: 'wasm', dtype: 'fp32', servedModelName: name, onLog: () => {}, ...options });
  }
  return loaded as Record<ModelName, Model>;
}

export function serversOf(
  loaded: Record<ModelName, PoolingModel>,
  createHandler: (models: Record<string, PoolingModel>, options: ServerOptions) => Handler,
): (request: Request) => Promise<Response> {
  const handlers = Object.fromEntries(
    Object.entries(serverOptions).map(([name, options]) => [name, createHandler(loaded, options)]),
  ) as Record<ServerName, Handler>;
  return (request) => handlers[(request.headers.get(SERVER_HEADER) ?? 'open') as ServerName](request);
}
