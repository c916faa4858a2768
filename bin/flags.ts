/** Every flag as data, and the type of the values that come of them: the parser and --help read the same tables. */

export interface Flag {
  /** `integer` takes vLLM's 16k (16,000) and 16K (16,384); `seconds` may have a fraction, and becomes milliseconds. */
  kind: 'text' | 'integer' | 'seconds' | 'json' | 'switch';
  help: string;
  /** What stands for the value in --help. Default: by kind. */
  value?: string;
  choices?: readonly string[];
  /** Of integers, default 1; of seconds, which have to be more than 0 unless it is 0. */
  least?: number;
  most?: number;
  /** Takes several values in a row, and may be given again. */
  many?: true;
  /** Other names, vLLM's mostly. */
  also?: readonly string[];
  short?: string;
  /** What --help shows of a switch. Default: how to turn it on. Both ways are taken always. */
  shows?: 'off' | 'both';
}

export type Flags = Readonly<Record<string, Flag>>;
export type Json = Readonly<Record<string, unknown>>;

type ValueOf<F extends Flag> = F['kind'] extends 'switch'
  ? boolean
  : F['kind'] extends 'integer' | 'seconds'
    ? number
    : F['kind'] extends 'json'
      ? Json
      : F extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/** By the flag's first name. Absent: not given. */
export type Values<F extends Flags> = { [Name in keyof F]?: F[Name] extends { many: true } ? ValueOf<F[Name]>[] : ValueOf<F[Name]> };

export const commonFlags = {
  help: { kind: 'switch', short: 'h', help: 'This text' },
  version: { kind: 'switch', help: 'The version of rockpool' },
} as const satisfies Flags;

export const modelFlags = {
  task: {
    kind: 'text',
    choices: ['auto', 'embed', 'embedding', 'classify', 'score', 'reward', 'encode', 'token_embed', 'token_classify'],
    help: "The one task to serve. Default auto: all that the model's files allow",
  },
  runner: { kind: 'text', choices: ['auto', 'pooling'], help: 'vLLM’s name for what rockpool does anyway' },
  convert: {
    kind: 'text',
    choices: ['auto', 'none', 'embed', 'classify', 'reward'],
    help: 'vLLM’s newer name for --task: embed makes an embedding model of a language model',
  },
  'pooler-config': {
    kind: 'json',
    also: ['override-pooler-config'],
    help: `How token states become vectors: '{"pooling_type": "MEAN", "normalize": true}'. Also --pooler-config.pooling_type MEAN`,
  },
  'hf-overrides': { kind: 'json', help: `Laid over the model's config.json: '{"matryoshka_dimensions": [256]}'` },
  'max-model-len': { kind: 'integer', value: 'TOKENS', help: "Lower the model's maximum length" },
  dtype: {
    kind: 'text',
    choices: [
      'auto',
      'fp32',
      'float32',
      'float',
      'fp16',
      'float16',
      'half',
      ...(['q8', 'int8', 'uint8', 'q4', 'bnb4', 'q4f16', 'q2', 'q2f16', 'q1', 'q1f16'] as const),
    ],
    help: 'Which weights to load. Default auto: the first that exists of q8, fp32, fp16, q4',
  },
  device: {
    kind: 'text',
    choices: ['auto', 'webgpu', 'wasm', 'cpu'],
    help: 'Default auto: a GPU if the runtime has WebGPU (in Node the package `webgpu`) and it passes the self-check, else WebAssembly, which is cpu',
  },
  'self-check': { kind: 'switch', shows: 'off', help: 'Trust WebGPU without comparing it with WebAssembly' },
  revision: { kind: 'text', value: 'REF', help: 'Branch, tag or commit on the hub. Default main' },
  hub: { kind: 'text', value: 'URL', help: 'A mirror of the hub. Default $HF_ENDPOINT, or https://huggingface.co' },
  'hf-token': { kind: 'text', value: 'TOKEN', help: 'For models that the hub shows only to some. Default $HF_TOKEN' },
  'download-dir': {
    kind: 'text',
    value: 'FOLDER',
    help: 'Where downloaded models are kept. Default $ROCKPOOL_CACHE, or ~/.cache/rockpool; in Deno its own cache',
  },
  cache: { kind: 'switch', shows: 'off', help: 'Download the model again, and keep nothing' },
} as const satisfies Flags;

export const serveFlags = {
  host: { kind: 'text', value: 'ADDRESS', help: 'Default 127.0.0.1, this machine alone. vLLM’s default is all interfaces: 0.0.0.0' },
  port: { kind: 'integer', least: 0, most: 65_535, help: 'Default 8000. 0: any that is free' },
  'api-key': {
    kind: 'text',
    value: 'KEY',
    many: true,
    help: 'Asked for on all routes but /health and /ping. Default $ROCKPOOL_API_KEY, or $VLLM_API_KEY, or none',
  },
  model: { kind: 'text', many: true, help: 'The same as MODEL without a flag' },
  'served-model-name': { kind: 'text', value: 'NAME', many: true, help: 'Names that requests find the model by; answers have the first' },
  head: {
    kind: 'text',
    value: 'NAME=FOLDER',
    many: true,
    help: 'Linear classifiers over the embeddings, for /classify (docs/heads.md). Of several models: MODEL:NAME=FOLDER',
  },
  'chat-template': {
    kind: 'text',
    value: 'FILE',
    many: true,
    help: 'Jinja for requests with messages and for pairs: a file, or the template itself. NAME=FILE: of that model alone',
  },
  'trust-request-chat-template': { kind: 'switch', help: 'Take chat_template from requests: a template is a program' },
  'allowed-origins': { kind: 'text', value: 'ORIGIN', many: true, help: 'Sites whose pages may call, or *. Default none' },
  'open-metrics': { kind: 'switch', help: 'Answer /metrics without a key' },
} as const satisfies Flags;

export const limitFlags = {
  'max-body-bytes': { kind: 'integer', help: 'Of a request. Default 16M' },
  'max-held-bytes': { kind: 'integer', help: 'Of all bodies at a time; one more is 429. Default 256M' },
  'max-inputs': { kind: 'integer', help: 'Inputs, pairs or documents of a request. Default 2,048' },
  'max-answer-numbers': { kind: 'integer', help: 'Numbers of an answer. Default 8,388,608' },
  'max-tokens': { kind: 'integer', help: 'Tokens of a request. Default 300,000, or one text of the model’s longest' },
  'max-concurrent-requests': { kind: 'integer', help: 'Requests in the engine at a time. Default 256' },
  'max-queue-length': { kind: 'integer', least: 0, help: 'Requests that wait for their turn; one more is 429. Default 1,024' },
  'request-timeout': { kind: 'seconds', help: 'From the first byte of a request to its answer. Default 300' },
  'body-timeout': { kind: 'seconds', help: 'For the body of a request. Default 30' },
  'shutdown-timeout': {
    kind: 'seconds',
    least: 0,
    help: 'For requests under way when the server is told to stop; what is left then is 503. Default 25: Kubernetes kills after 30',
  },
} as const satisfies Flags;

export const logFlags = {
  'log-level': { kind: 'text', choices: ['debug', 'info', 'warning', 'error'], help: 'Default info. debug: errors with their stack' },
  'log-format': { kind: 'text', choices: ['text', 'json'], help: 'Default text. Logs go to stderr' },
  'disable-log-requests': { kind: 'switch', also: ['disable-uvicorn-access-log'], help: 'No line for each request' },
} as const satisfies Flags;

export const embedFlags = {
  output: { kind: 'text', short: 'o', value: 'FILE', help: 'Default -, stdout, which takes jsonl alone' },
  format: { kind: 'text', choices: ['jsonl', 'npy', 'safetensors'], help: 'Default: by the name of the output' },
  overwrite: { kind: 'switch', help: 'Begin anew, whatever is there' },
  'input-format': { kind: 'text', choices: ['lines', 'jsonl'], help: 'Default: jsonl for *.jsonl and *.ndjson, else a text a line' },
  field: { kind: 'text', value: 'NAME', help: 'Of jsonl: where the text is. Default text' },
  'id-field': { kind: 'text', value: 'NAME', help: 'Of jsonl: copied to the output, which has to be jsonl too' },
  'batch-size': { kind: 'integer', help: 'Texts at a time. Default 64. A run that is killed loses no more than that' },
  dimensions: { kind: 'integer', help: 'Matryoshka: keep the first so many values' },
  normalize: { kind: 'switch', shows: 'both', help: 'Unit length or not. Default: as the model’s files say' },
  'prompt-name': { kind: 'text', value: 'NAME', help: 'One of the model’s own prompts, such as query' },
  prompt: { kind: 'text', value: 'TEXT', help: 'What goes before each text' },
  truncate: {
    kind: 'integer',
    least: -1,
    value: 'TOKENS',
    also: ['truncate-prompt-tokens'],
    help: 'Cut texts to so many tokens; -1: to what the model takes. Default: a text that is too long is an error',
  },
  'encoding-format': { kind: 'text', choices: ['float', 'base64'], help: 'Of jsonl: a list of numbers, or their float32 bytes' },
} as const satisfies Flags;

/** What `vllm serve` takes and what cannot change an answer here, so that its lines can be pasted: by whether a value follows. */
export const ignoredFlags: Readonly<Record<string, 'value' | 'switch'>> = {
  'trust-remote-code': 'switch',
  'enforce-eager': 'switch',
  'disable-log-stats': 'switch',
  'disable-custom-all-reduce': 'switch',
  'enable-prefix-caching': 'switch',
  'enable-chunked-prefill': 'switch',
  'enable-request-id-headers': 'switch',
  'enable-server-load-tracking': 'switch',
  'enable-log-requests': 'switch',
  'async-scheduling': 'switch',
  'tensor-parallel-size': 'value',
  'pipeline-parallel-size': 'value',
  'data-parallel-size': 'value',
  'distributed-executor-backend': 'value',
  'gpu-memory-utilization': 'value',
  'swap-space': 'value',
  'cpu-offload-gb': 'value',
  'block-size': 'value',
  'kv-cache-dtype': 'value',
  'max-num-seqs': 'value',
  'max-num-batched-tokens': 'value',
  'max-parallel-loading-workers': 'value',
  'load-format': 'value',
  'tokenizer-mode': 'value',
  'attention-backend': 'value',
  'compilation-config': 'value',
  'max-log-len': 'value',
  'uvicorn-log-level': 'value',
  seed: 'value',
};
