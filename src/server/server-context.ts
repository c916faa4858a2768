/** What the requests of one server share, and what is known of one of them. */
import type { Admission } from './admission.ts';
import type { BodyBudget } from './body-budget.ts';
import type { Drainer } from './drainer.ts';
import type { Entered } from './enter-engine.ts';
import type { HttpError } from './http-error.ts';
import type { ResolvedOptions } from './options.ts';
import type { ServedModels } from './served-models.ts';
import type { ServerMetrics } from './server-metrics.ts';

export interface ServerContext {
  models: ServedModels;
  options: ResolvedOptions;
  admission: Admission;
  metrics: ServerMetrics;
  drainer: Drainer;
  bodies: BodyBudget;
  /** Seconds since 1970, of the start. */
  created: number;
  /** Names of models whose engine is gone, until they answer again. */
  broken: Set<string>;
}

export interface RequestState extends Entered {
  id: string;
  /** Of `performance.now()`. */
  begin: number;
  tokens: number | null;
  error: HttpError | null;
}
