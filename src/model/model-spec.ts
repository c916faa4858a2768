/** A model's parsed files and the caller's options -> everything the pipeline has to know about the model. No I/O. */
import { PoolingError } from '../errors.ts';
import type { LogEntry, ModelInfo, PoolingType } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { architecturePooling } from './architecture-pooling.ts';
import type { ConfigFiles } from './config-files.ts';
import { textValue } from './config-value.ts';
import { invalid, isObject, type JsonObject } from './json-file.ts';
import { checkDimensions, readMatryoshka } from './matryoshka.ts';
import type { OnnxOutline } from './onnx-outline.ts';
import { firstPosition, resolveMaxLength } from './max-length.ts';
import { readPoolerOverride, type PoolerOverride } from './pooler-override.ts';
import { findPooling } from './sentence-modules.ts';
import { checkModules, readPoolingType } from './sentence-pooling.ts';

export interface ModelSpec {
  /** In error texts. */
  name: string;
  architecture: string;
  hiddenSize: number;
  vocabSize: number;
  padTokenId: number;
  /** Most tokens in one window, special tokens included: the chunk size of long inputs. */
  maxModelLen: number;
  /** The row of a learned position table that a text's first token gets. */
  firstPosition: number;
  doLowerCase: boolean;
  paddingSide: 'left' | 'right';
  pooler: ModelInfo['pooler'];
  /** For requests that name none. Null: the full size. */
  defaultDimensions: number | null;
  enableChunkedProcessing: boolean;
  /** Null: not set. */
  maxEmbedLen: number | null;
  isMatryoshka: boolean;
  matryoshkaDimensions: number[] | null;
}

type SpecRequest = Pick<LoadRequest, 'name' | 'hfOverrides' | 'overridePoolerConfig' | 'maxModelLen'>;

export function resolveSpec(files: ConfigFiles, request: SpecRequest, log: (entry: LogEntry) => void): ModelSpec {
  const config: JsonObject = { ...files.config, ...request.hfOverrides };
  const override = readPoolerOverride(request.overridePoolerConfig);
  if (override.ignored.length > 0) {
    log({ level: 'info', message: `overridePoolerConfig: ${override.ignored.join(', ')} say nothing about embeddings and are ignored.` });
  }
  const architecture = Array.isArray(config['architectures']) ? config['architectures'][0] : undefined;
  if (typeof architecture !== 'string') throw lacks('architectures', "['BertModel']");
  const vocabSize = count(config, ['vocab_size']);
  const spec: ModelSpec = {
    name: request.name,
    architecture,
    hiddenSize: count(config, ['hidden_size', 'd_model', 'n_embd', 'dim']),
    vocabSize,
    padTokenId: padTokenId(config, files, vocabSize),
    maxModelLen: resolveMaxLength(config, files, request.maxModelLen, log),
    firstPosition: firstPosition(config),
    doLowerCase: files.sentence?.['do_lower_case'] === true,
    paddingSide: files.tokenizerConfig['padding_side'] === 'left' ? 'left' : 'right',
    pooler: resolvePooler(architecture, files, override, log),
    defaultDimensions: override.dimensions,
    enableChunkedProcessing: override.enableChunkedProcessing,
    maxEmbedLen: override.maxEmbedLen,
    ...readMatryoshka(config),
  };
  checkDimensions(spec, spec.defaultDimensions);
  return spec;
}

/** Field by field: override, modules.json, the architecture's default, the task's default (normalise). */
function resolvePooler(
  architecture: string,
  files: ConfigFiles,
  override: PoolerOverride,
  log: (entry: LogEntry) => void,
): ModelSpec['pooler'] {
  checkModules(files.modules ?? []);
  const module = findPooling(files.modules);
  // Without a Pooling module the file says nothing; with one, the absence of a Normalize module says "do not".
  const normalize = override.normalize ?? (module === null ? true : (files.modules ?? []).some(({ kind }) => kind === 'Normalize'));
  if (override.poolingType !== null) return { pooling_type: override.poolingType, normalize, source: 'override' };
  if (files.pooling !== null) {
    return { pooling_type: readPoolingType(files.pooling, `${module?.path}/config.json`), normalize, source: 'modules.json' };
  }
  const type = architecturePooling(architecture);
  if (type === 'STEP') {
    throw new PoolingError(
      'unsupported-model',
      `${architecture} is pooled by STEP, which is not supported yet. overridePoolerConfig.pooling_type names another way.`,
    );
  }
  log({
    level: 'warning',
    message: `Pooling by ${type}, the default of ${architecture}: the model has no modules.json with a Pooling module. If it was trained otherwise, set overridePoolerConfig.pooling_type.`,
  });
  return { pooling_type: type, normalize, source: 'architecture' };
}

/** Throws if the pooler gives several rows for a text, where an embedding is one. */
export function checkEmbeds(spec: { name: string; pooler: { pooling_type: PoolingType } }): void {
  if (spec.pooler.pooling_type !== 'ALL') return;
  throw new PoolingError(
    'unsupported-task',
    `Model "${spec.name}" is pooled by ALL, which gives a row for each token, and embed needs one for the text. Call encode, or set overridePoolerConfig.pooling_type to CLS, LAST or MEAN.`,
  );
}

/** Throws if texts that are not too long would run off the model's table of positions: WASM stops there, WebGPU computes something. */
export function checkPositions({ name, maxModelLen, firstPosition }: ModelSpec, { positions }: OnnxOutline): void {
  if (positions === null || positions >= firstPosition + maxModelLen) return;
  const room = positions - firstPosition;
  throw new PoolingError(
    'unsupported-model',
    `The files of "${name}" allow ${maxModelLen} tokens, and its ONNX file has positions for ${room}. Set maxModelLen to ${room} or less.`,
  );
}

function count(config: JsonObject, names: readonly string[]): number {
  for (const name of names) {
    const value = textValue(config, name);
    if (Number.isInteger(value) && (value as number) > 0) return value as number;
  }
  throw lacks(names[0] as string, '…');
}

function lacks(key: string, example: string): PoolingError {
  return invalid('config.json', `it has no usable ${key} (hfOverrides: { ${key}: ${example} } adds it)`);
}

/** Padding is masked, so any id would do, but for models that count positions from the padding id on: then config.json has it. */
function padTokenId(config: JsonObject, { tokenizer, tokenizerConfig }: ConfigFiles, vocabSize: number): number {
  const isId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < vocabSize;
  const configured = textValue(config, 'pad_token_id');
  if (isId(configured)) return configured;
  const pad = tokenizerConfig['pad_token'];
  const content = isObject(pad) ? pad['content'] : pad;
  const tokens: readonly unknown[] = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  const token = tokens.find((each) => isObject(each) && each['content'] === content) as JsonObject | undefined;
  return isId(token?.['id']) ? token['id'] : 0;
}
