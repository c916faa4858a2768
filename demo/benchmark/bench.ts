/** Backends in, their speeds out: each loads a model of its own, is measured at every batch size, and is disposed of before the next begins. */
import { LLM } from 'rockpool';
import type { ModelInfo } from 'rockpool';
import type { ModelCard } from '../model/model-cards.ts';
import { codeOf } from '../ui/error-words.ts';
import { createStore } from '../ui/store.ts';
import type { Backend } from './backends.ts';
import { measure } from './measure.ts';
import type { Speed } from './measure.ts';

export interface Series {
  backend: Backend;
  info: ModelInfo | null;
  speeds: Speed[];
  /** This one could not be measured. */
  error: unknown;
}

export interface BenchState {
  kind: 'idle' | 'running' | 'cancelled' | 'done';
  series: readonly Series[];
  /** What is being done. */
  step: string;
  /** 0 to 1. */
  share: number;
}

export class Bench {
  readonly state = createStore<BenchState>({ kind: 'idle', series: [], step: '', share: 0 });
  #card: ModelCard;
  #run: AbortController | null = null;

  constructor(card: ModelCard) {
    this.#card = card;
  }

  async start(backends: readonly Backend[], batches: readonly number[], texts: readonly string[]): Promise<void> {
    this.#run?.abort();
    const run = (this.#run = new AbortController());
    const series: Series[] = [];
    const steps = backends.length * (batches.length + 1);
    let done = 0;
    const tell = (step: string, kind: BenchState['kind'] = 'running', part = 0) => {
      if (run === this.#run) this.state.set({ kind, series: [...series], step, share: (done + part) / steps });
    };
    for (const backend of backends) {
      const name = backend.device === 'webgpu' ? 'WebGPU' : 'WASM';
      const mine: Series = { backend, info: null, speeds: [], error: null };
      let llm: LLM | null = null;
      series.push(mine);
      tell(`${name}: loading the model`);
      try {
        llm = await LLM.load(this.#card.path, {
          device: backend.device,
          signal: run.signal,
          onProgress: ({ phase, loaded, total }) =>
            tell(
              `${name}: ${phase === 'download' ? 'fetching the model' : 'preparing the model'}`,
              'running',
              total > 0 ? loaded / total / 2 : 0,
            ),
          onLog: () => {},
        });
        mine.info = llm.info;
        done++;
        for (const batch of batches) {
          tell(`${name}: ${batch === 1 ? '1 text' : `${batch} texts`} a call`);
          mine.speeds.push(await measure(llm, texts, batch, run.signal));
          done++;
        }
        mine.info = llm.info; // the device may have been given up meanwhile
      } catch (error) {
        if (run.signal.aborted || codeOf(error) === 'aborted') return;
        mine.error = error;
        done = (series.length * steps) / backends.length;
      } finally {
        await llm?.dispose();
      }
    }
    tell('', 'done');
  }

  /** What was measured is kept. */
  cancel(): void {
    this.#run?.abort();
    this.#run = null;
    const { series } = this.state.get();
    this.state.set({ kind: 'cancelled', series: series.filter(({ speeds }) => speeds.length > 0), step: '', share: 0 });
  }
}
