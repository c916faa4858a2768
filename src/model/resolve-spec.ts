/** A model's parsed files and the caller's options -> its spec. No I/O. */
import type { HeadLayer } from '../shapes.ts';
import type { LogEntry } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { readAdapters } from './adapters.ts';
import { architectureKind, classHooks, type ModelKind } from './architecture-kind.ts';
import { readClassifier } from './classifier.ts';
import type { ConfigFiles } from './config-files.ts';
import { textValue } from './config-value.ts';
import { checkMask } from './document-mask.ts';
import { buildHead, checkCommutes } from './head-layers.ts';
import { widthAfter } from '../heads/apply-head.ts';
import { invalid, type JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';
import { readKvShape } from './kv-shape.ts';
import { checkDimensions, readMatryoshka } from './matryoshka.ts';
import { firstPosition, resolveMaxLength } from './max-length.ts';
import type { ModelSpec } from './model-spec.ts';
import { inFolder } from './module-files.ts';
import { readPadToken } from './pad-token.ts';
import { readPoolerOverride, type PoolerOverride } from './pooler-override.ts';
import { resolvePooler, type PoolerFields } from './resolve-pooler.ts';
import { savedTemplate } from './saved-template.ts';
import { planModules, type ModulePlan } from './sentence-modules.ts';
import { readSentenceModel } from './sentence-model.ts';
import { readLogitScore, readTokenHead, type TokenHead } from './token-head.ts';

type SpecRequest = Pick<LoadRequest, 'name' | 'servedModelName' | 'hfOverrides' | 'overridePoolerConfig' | 'maxModelLen'>;

const NAMELESS = ['custom', 'files'];

export function resolveSpec(files: ConfigFiles, request: SpecRequest, log: (entry: LogEntry) => void): ModelSpec {
  const config: JsonObject = { ...files.config, ...request.hfOverrides };
  const override = readPoolerOverride(request.overridePoolerConfig);
  const architecture = Array.isArray(config['architectures']) ? config['architectures'][0] : undefined;
  if (typeof architecture !== 'string') throw lacks('architectures', "['BertModel']");
  const plan = planModules(files.modules ?? []);
  checkMask(plan.mask, files.moduleFiles);
  const vocabSize = count(config, ['vocab_size']);
  const hiddenSize = count(config, ['hidden_size', 'd_model', 'n_embd', 'dim']);
  const tokenHead = resolveTokenHead(plan, config, files);
  const scores = scoresOf(plan, files);
  const kind = resolveKind(architecture, plan, tokenHead !== null || scores !== null, override);
  const pooler = resolvePooler({ architecture, kind, plan, files, override, log });
  const head = resolveHead(plan, files, pooler, hiddenSize);
  const { hfOverrides } = request;
  const { sentenceModel } = files;
  const madeLabels = tokenHead ? (tokenHead.method === 'from_2_way_softmax' ? 1 : tokenHead.tokenIds.length) : scores;
  const classifier = readClassifier({ architecture, kind, config, hfOverrides, sentenceModel, madeLabels, override });
  const spec: ModelSpec = {
    name: request.servedModelName ?? request.name,
    // A function, or files picked one by one, have no name but the one they are served as.
    sourceName: NAMELESS.includes(request.name) ? (request.servedModelName ?? request.name) : request.name,
    architecture,
    kind,
    task: override.task,
    hiddenSize,
    embeddingSize: widthAfter(head, hiddenSize * pooler.poolingTypes.length),
    vocabSize,
    ...readPadToken(config, files, vocabSize),
    maxModelLen: resolveMaxLength(config, files, request.maxModelLen, log),
    firstPosition: firstPosition(config),
    doLowerCase: files.sentence?.['do_lower_case'] === true,
    paddingSide: files.tokenizerConfig['padding_side'] === 'left' ? 'left' : 'right',
    ...pooler,
    head,
    stepTagId: override.stepTagId ?? classHooks(architecture).stepTagId ?? null,
    returnedTokenIds: override.returnedTokenIds?.length ? override.returnedTokenIds : null,
    ...classifier,
    tokenHead,
    scoreTemplate: savedTemplate(files),
    ...readSentenceModel(sentenceModel),
    ...readAdapters(config),
    kvShape: readKvShape(config),
    defaultDimensions: override.dimensions,
    enableChunkedProcessing: override.enableChunkedProcessing,
    maxEmbedLen: override.maxEmbedLen,
    ...readMatryoshka(config),
  };
  checkDimensions(spec, spec.defaultDimensions);
  return spec;
}

function resolveKind(architecture: string, plan: ModulePlan, hasOwnLogits: boolean, override: PoolerOverride): ModelKind {
  if (hasOwnLogits) return 'classify';
  if (plan.pooling !== null || plan.lateInteraction) return 'embed';
  const kind = architectureKind(architecture);
  if (kind !== 'causal_lm') return kind;
  // vLLM's --convert: states of a language model, pooled because the caller says so; or its logits at the end of each step.
  if (override.poolingType === 'STEP') return 'reward';
  return override.task === 'embed' || override.task === 'token_embed' || override.poolingType !== null ? 'embed' : kind;
}

function resolveTokenHead({ logitScore }: ModulePlan, config: JsonObject, files: ConfigFiles): TokenHead | null {
  if (logitScore === null) return readTokenHead(config, files.tokenizer);
  return readLogitScore(files.moduleFiles.get(logitScore.path)!.config, inFolder(logitScore, 'config.json'));
}

/** Logits of a CrossEncoder whose last Dense makes them. Null: it is none. */
function scoresOf({ after }: ModulePlan, files: ConfigFiles): number | null {
  const last = after.at(-1);
  const config = last && files.moduleFiles.get(last.path)?.config;
  return config?.['module_output_name'] === 'scores' ? (config['out_features'] as number) : null;
}

function resolveHead(plan: ModulePlan, files: ConfigFiles, pooler: PoolerFields, hiddenSize: number): HeadLayer[] {
  if (plan.pooling === null) return buildHead(plan.after, files.moduleFiles, 'token_embeddings', hiddenSize);
  const before = buildHead(plan.before, files.moduleFiles, 'token_embeddings', hiddenSize);
  checkCommutes(before, pooler.poolingTypes, plan.before[0]);
  const width = widthAfter(before, hiddenSize) * pooler.poolingTypes.length;
  return [...before, ...buildHead(plan.after, files.moduleFiles, 'sentence_embedding', width)];
}

function count(config: JsonObject, names: readonly string[]): number {
  for (const name of names) {
    const value = textValue(config, name);
    if (isCount(value)) return value;
  }
  throw lacks(names[0] as string, '…');
}

function lacks(key: string, example: string): Error {
  return invalid('config.json', `it has no usable ${key} (hfOverrides: { ${key}: ${example} } adds it)`);
}
