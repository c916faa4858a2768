/** config.json -> the labels of a classifier, and what makes probabilities of its logits: vLLM 0.33's rules. */
import { PoolingError } from '../errors.ts';
import type { Activation } from '../shapes.ts';
import { activationOf, classifyActivation } from './activation-name.ts';
import { classHooks, type ModelKind } from './architecture-kind.ts';
import { textValue } from './config-value.ts';
import { invalid, isObject, type JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';
import type { PoolerOverride } from './pooler-override.ts';

interface ClassifierConfig {
  numLabels: number;
  labels: string[] | null;
  classifierActivation: Activation;
  useActivation: boolean;
  logitMean: number | null;
  logitSigma: number | null;
}

interface ClassifierRequest {
  architecture: string;
  kind: ModelKind;
  /** config.json with the overrides laid over it, and the overrides alone. */
  config: JsonObject;
  hfOverrides: JsonObject;
  /** config_sentence_transformers.json. */
  sentenceModel: JsonObject | null;
  /** Logits that the files make beside the graph's own: of a token head, or of a CrossEncoder's last Dense. Null: none. */
  madeLabels: number | null;
  override: PoolerOverride;
}

export function readClassifier(request: ClassifierRequest): ClassifierConfig {
  const { architecture, kind, config, madeLabels, override } = request;
  const off = { labels: null, logitMean: null, logitSigma: null };
  if (kind === 'embed' || kind === 'causal_lm') return { numLabels: 0, classifierActivation: 'identity', useActivation: true, ...off };
  const hooks = classHooks(architecture);
  const useActivation =
    (kind === 'classify' ? override.activation : (override.softmax ?? override.activation)) ?? hooks.useActivation ?? true;
  if (kind === 'reward') {
    const numLabels = (override.returnedTokenIds?.length || null) ?? hooks.numLabels ?? count(config['num_labels']) ?? 1;
    return { numLabels, classifierActivation: classifyActivation(numLabels), useActivation, ...off };
  }
  const labels = madeLabels === null && hooks.numLabels === undefined ? readLabels(request) : null;
  const numLabels = madeLabels ?? hooks.numLabels ?? labels!.length;
  const logitSigma = override.logitSigma ?? real(config, 'logit_sigma');
  if (logitSigma === 0) throw new PoolingError('model-file-invalid', 'logit_sigma cannot be 0 (division by zero)');
  return {
    numLabels,
    labels,
    classifierActivation: activation(request, numLabels),
    useActivation,
    logitMean: override.logitMean ?? real(config, 'logit_mean'),
    logitSigma,
  };
}

/** As transformers has it: `id2label` decides how many there are, unless the caller says it; labels without a name are LABEL_0, LABEL_1, … */
function readLabels({ config, hfOverrides }: ClassifierRequest): string[] {
  const names = config['id2label'] ?? null;
  if (names !== null && !isObject(names)) throw invalid('config.json', `id2label is ${JSON.stringify(names)}, not an object of labels`);
  const named = names === null ? null : Object.keys(names).length || null;
  const numLabels = count(hfOverrides['num_labels']) ?? named ?? count(config['num_labels']) ?? 2;
  if (named !== numLabels) return Array.from({ length: numLabels }, (_, i) => `LABEL_${i}`);
  return Array.from({ length: numLabels }, (_, i) => {
    const label = names![i];
    if (typeof label === 'string' || typeof label === 'number') return String(label);
    throw invalid('config.json', `id2label has ${numLabels} labels, and none for ${i}`);
  });
}

function activation({ config, sentenceModel }: ClassifierRequest, numLabels: number): Activation {
  switch (config['problem_type']) {
    case 'regression':
      return 'identity';
    case 'single_label_classification':
      return classifyActivation(numLabels);
    case 'multi_label_classification':
      return 'sigmoid';
  }
  const own = config['sentence_transformers'];
  const places: [string, unknown][] = [
    ['activation_fn in config_sentence_transformers.json', sentenceModel?.['activation_fn']],
    ['sentence_transformers.activation_fn in config.json', isObject(own) ? own['activation_fn'] : null],
    ['sbert_ce_default_activation_function in config.json', config['sbert_ce_default_activation_function']],
  ];
  const [place, path] = places.find(([, value]) => (value ?? null) !== null) ?? ['', null];
  if (path === null) return classifyActivation(numLabels);
  const named = activationOf(path, place);
  return named === 'sigmoid' || named === 'softmax' ? classifyActivation(numLabels) : named;
}

function count(value: unknown): number | null {
  return isCount(value) ? value : null;
}

function real(config: JsonObject, key: string): number | null {
  const value = textValue(config, key) ?? null;
  if (value !== null && !Number.isFinite(value)) throw invalid('config.json', `${key} is ${JSON.stringify(value)}, not a number`);
  return value as number | null;
}
