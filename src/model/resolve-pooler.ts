/** Modules, architecture and override -> how states become rows, field by field: override, modules.json, the class's default, the task's default. */
import { PoolingError } from '../errors.ts';
import type { LogEntry, PoolingType } from '../types.ts';
import { isLateInteraction, type ModelKind } from './architecture-kind.ts';
import { architecturePooling } from './architecture-pooling.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ModelSpec } from './model-spec.ts';
import { inFolder } from './module-files.ts';
import type { PoolerOverride } from './pooler-override.ts';
import type { ModulePlan } from './sentence-modules.ts';
import { readPoolingTypes } from './sentence-pooling.ts';

interface PoolerRequest {
  architecture: string;
  kind: ModelKind;
  plan: ModulePlan;
  files: Pick<ConfigFiles, 'modules' | 'moduleFiles' | 'sentenceModel'>;
  override: PoolerOverride;
  log: (entry: LogEntry) => void;
}
export type PoolerFields = Pick<ModelSpec, 'pooler' | 'normalizeTokens' | 'poolingTypes' | 'includePrompt' | 'lateInteraction'>;

export function resolvePooler(request: PoolerRequest): PoolerFields {
  const { architecture, plan, files, override } = request;
  const lateInteraction = plan.lateInteraction || (plan.pooling === null && isLateInteraction(architecture));
  const { types, source } = lateInteraction ? rowsOfTokens(request) : resolveTypes(request);
  const module = plan.pooling && files.moduleFiles.get(plan.pooling.path)!.config;
  return {
    pooler: { pooling_type: types[0]!, normalize: override.normalize ?? normalizes(request), source },
    normalizeTokens: override.normalize ?? (lateInteraction ? normalizes(request) : true),
    poolingTypes: types,
    includePrompt: module?.['include_prompt'] !== false,
    lateInteraction,
  };
}

/** Files with modules that make a vector say by a Normalize module whether it is normalised. PyLate does it itself, and says nothing. */
function normalizes({ plan, files }: PoolerRequest): boolean {
  const isPyLate =
    files.sentenceModel?.['model_type'] === 'ColBERT' || (files.modules ?? []).some(({ type }) => type.startsWith('pylate.'));
  return plan.normalize || (plan.lateInteraction ? isPyLate : plan.pooling === null);
}

function rowsOfTokens({ architecture, plan, override }: PoolerRequest): { types: PoolingType[]; source: ModelSpec['pooler']['source'] } {
  if (override.poolingType !== null && override.poolingType !== 'ALL') {
    throw new PoolingError(
      'invalid-option',
      `overridePoolerConfig: ${architecture} has a vector for each token, to be compared by MaxSim, and ${override.poolingType} would pool them. Leave pooling_type out, or set it to ALL.`,
    );
  }
  return { types: ['ALL'], source: override.poolingType !== null ? 'override' : plan.lateInteraction ? 'modules.json' : 'architecture' };
}

function resolveTypes({ architecture, kind, plan, files, override, log }: PoolerRequest): {
  types: PoolingType[];
  source: ModelSpec['pooler']['source'];
} {
  if (override.poolingType !== null) return { types: [override.poolingType], source: 'override' };
  if (plan.pooling !== null) {
    const { config } = files.moduleFiles.get(plan.pooling.path)!;
    return { types: readPoolingTypes(config, inFolder(plan.pooling, 'config.json')), source: 'modules.json' };
  }
  const byClass = architecturePooling(architecture);
  const type = kind === 'reward' && byClass === 'LAST' ? 'ALL' : byClass;
  // A classifier's graph, or its class, has its own way: only for states that become a vector is the type a guess.
  if (kind === 'embed' || kind === 'causal_lm') {
    log({
      level: 'warning',
      message: `Pooling by ${type}, the default of ${architecture}: the model has no modules.json with a Pooling module. If it was trained otherwise, set overridePoolerConfig.pooling_type.`,
    });
  }
  return { types: [type], source: 'architecture' };
}
