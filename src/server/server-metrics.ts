/** What a server counts and measures, in names after vLLM's: those of its requests, its stages, its limits. */
import type { Timings } from '../types.ts';
import type { Admission } from './admission.ts';
import { Registry } from './metrics.ts';
import type { Limits } from './options.ts';
import type { ServedModels } from './served-models.ts';
import { tokenLimit } from './token-limit.ts';

/** vLLM's buckets, with finer ones below for small models. Seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const TOKENS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 300_000, 3_000_000];
const STAGES = { queue: 'queue', tokenize: 'tokenize', infer: 'inference', pool: 'pool' } as const;

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #http = this.#registry.counter('rockpool:http_requests_total', 'HTTP requests by route, method and status.');
  readonly #rejected = this.#registry.counter('rockpool:request_rejected_total', 'Requests turned away by a limit.');
  readonly #success = this.#registry.counter('rockpool:request_success_total', 'Requests that a model has answered.');
  readonly #failure = this.#registry.counter('rockpool:request_failure_total', 'Requests that a model has refused or failed, by status.');
  readonly #promptTokens = this.#registry.counter('rockpool:prompt_tokens_total', 'Tokens of the prompts that were answered.');
  readonly #requestTokens = this.#registry.histogram('rockpool:request_prompt_tokens', 'Tokens of a request.', TOKENS);
  readonly #latency = this.#registry.histogram(
    'rockpool:e2e_request_latency_seconds',
    'From the first byte of a request to its answer.',
    SECONDS,
  );
  readonly #stages = Object.entries(STAGES).map(
    ([stage, name]) =>
      [
        stage as keyof typeof STAGES,
        this.#registry.histogram(`rockpool:request_${name}_time_seconds`, `Time of a request in the stage ${name}.`, SECONDS),
      ] as const,
  );

  constructor(limits: Limits, admission: Admission, models: ServedModels) {
    this.#registry.gauge('rockpool:num_requests_running', 'Requests in the engine.', () => [[{}, admission.running]]);
    this.#registry.gauge('rockpool:num_requests_waiting', 'Requests that wait for their turn.', () => [[{}, admission.waiting]]);
    this.#registry.gauge('rockpool:limit', 'The limits of this server, by option; of tokens by model, unless one is set for all.', () =>
      Object.entries(limits).flatMap(([limit, value]) =>
        value === null
          ? models.all.map(({ name, llm }) => [{ limit, model_name: name }, tokenLimit(limits, llm)] as const)
          : [[{ limit }, value] as const],
      ),
    );
  }

  answered(handler: string, method: string, status: number): void {
    this.#http({ handler, method, status: String(status) });
  }

  /** The name is that of the option, and of the limit in `rockpool:limit`. */
  rejected(limit: keyof Limits): void {
    this.#rejected({ limit });
  }

  /**
   * `tokens`: null of what is not pooled, which is counted and not measured. `seconds`: the whole request. `timings`: in milliseconds; null
   * if no model was asked.
   */
  succeeded(model_name: string, tokens: number | null, seconds: number, timings: Timings | null): void {
    const labels = { model_name };
    this.#success(labels);
    if (tokens === null) return;
    this.#promptTokens(labels, tokens);
    this.#requestTokens(labels, tokens);
    this.#latency(labels, seconds);
    if (timings) for (const [stage, observe] of this.#stages) observe(labels, timings[stage] / 1000);
  }

  failed(model_name: string, status: number): void {
    this.#failure({ model_name, err: String(status) });
  }

  text(): string {
    return this.#registry.text();
  }
}
