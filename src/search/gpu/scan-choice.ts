/**
 * Which device scans a table. Small tables are WebAssembly's. On a larger one the first searches run on both: WebAssembly answers, the GPU is
 * timed and its answers are compared; then the faster one goes on alone, until the table has doubled. No search waits for a GPU that is being
 * made or measured, and none fails because one is lost.
 */
import { messageOf, PoolingError } from '../../errors.ts';
import { logToConsole, notify } from '../../facade/listeners.ts';
import type { LogEntry } from '../../types.ts';
import type { IndexOptions, ScanInfo } from '../search-types.ts';
import { topK, type Ranked } from '../top-k.ts';
import type { VectorTable } from '../vector-table.ts';
import { agrees } from './agreement.ts';
import type { DeviceScan, OpenScan } from './device-scan.ts';

export type ChoiceOptions = Pick<IndexOptions, 'device' | 'onLog'>;

/** For tests. */
export interface ChoiceParts {
  open: OpenScan<VectorTable>;
  /** Least bytes of rows for which a GPU is tried. */
  leastBytes: number;
  now(): number;
}

/** WebAssembly is reckoned to read these in the time that asking a GPU and reading its answer takes by itself. */
const LEAST_BYTES = 16 * 2 ** 20;

/** Searches that are timed on both, after one that compiles. */
const ROUNDS = 3;

const MOST_LOSSES_IN_A_ROW = 3;

interface Round {
  wasm: number;
  webgpu: number;
}

type State =
  | { at: 'wasm' | 'opening' | 'disposed' }
  /** `isBusy`: rows are being sent, or a search is being timed: two would wait for each other. */
  | { at: 'trial'; scan: DeviceScan; isBusy: boolean; rounds: Round[] }
  | { at: 'webgpu'; scan: DeviceScan; isBusy: boolean; isChecked: boolean };

type Held = Extract<State, { scan: DeviceScan }>;
type Trial = Extract<State, { at: 'trial' }>;
type Keep = ((row: number) => boolean) | null;

export class ScanChoice {
  readonly #table: VectorTable;
  readonly #device: 'auto' | 'wasm' | 'webgpu';
  readonly #log: (level: LogEntry['level'], message: string) => void;
  readonly #parts: ChoiceParts;
  #state: State = { at: 'wasm' };
  /** No GPU is tried any more. */
  #isSettled: boolean;
  /** Rows of the table when the faster one was found; 0: it was not. */
  #measuredAt = 0;
  #lossesInARow = 0;
  readonly #readBack = { bytes: 0 };
  #deviceLosses = 0;
  #fallback: string | null = null;
  #measured: Round | null = null;

  constructor(table: VectorTable, { device = 'auto', onLog = logToConsole }: ChoiceOptions, parts: Partial<ChoiceParts> = {}) {
    this.#table = table;
    this.#device = device;
    this.#isSettled = device === 'wasm';
    this.#log = (level, message) => notify(onLog, { level, message });
    this.#parts = { open: loadAndOpen, leastBytes: LEAST_BYTES, now: () => performance.now(), ...parts };
  }

  get info(): ScanInfo {
    const scan = 'scan' in this.#state ? this.#state.scan : null;
    return {
      device: this.#state.at === 'webgpu' ? 'webgpu' : 'wasm',
      adapter: scan?.adapter ?? null,
      fallback: this.#fallback,
      measured: this.#measured,
      gpuBytes: scan?.bytes ?? 0,
      counters: { readBackBytes: this.#readBack.bytes, deviceLosses: this.#deviceLosses },
    };
  }

  /** With device `webgpu`: resolves when there is one, and throws `webgpu-unavailable`. Else there is nothing to wait for. */
  async ready(): Promise<void> {
    if (this.#device === 'webgpu') await this.#open();
  }

  /**
   * For each query the k best rows of the table as it is at this call. Null: they are to be found here, which is cheaper when done by the caller.
   * Throws `disposed`, and with device `webgpu` `webgpu-wrong-results`.
   */
  async nearest(queries: readonly Float32Array[], k: number, keep: Keep): Promise<Ranked[] | null> {
    if (this.#state.at === 'disposed') throw new PoolingError('disposed', 'The index was disposed.');
    if (this.#state.at === 'wasm' && this.#isDue) void this.#open().catch((error: unknown) => this.#log('warning', messageOf(error)));
    if (this.#state.at === 'webgpu' && this.#isDue) this.#state = { at: 'trial', scan: this.#state.scan, isBusy: false, rounds: [] };
    const state = this.#state;
    if (!('scan' in state) || state.isBusy || k > state.scan.mostRows) return null;
    if (state.scan.isBehind) {
      void this.#send(state);
      return null;
    }
    if (state.at === 'trial') return this.#try(state, queries, k, keep);
    try {
      // Computed now: the table may be another when the GPU has answered.
      const reference = state.isChecked ? null : this.#reference(queries, k, keep);
      const found = await state.scan.nearest(queries, k, this.#maskOf(keep));
      this.#lossesInARow = 0;
      if (reference && !reference.agrees(found)) this.#disbelieve(state);
      state.isChecked = true;
      return found;
    } catch (error) {
      if (this.#isDisposed) throw new PoolingError('disposed', 'The index was disposed during the call.');
      if (error instanceof PoolingError) throw error;
      this.#failed(state, error);
      return null;
    }
  }

  dispose(): void {
    if ('scan' in this.#state) this.#state.scan.dispose();
    this.#state = { at: 'disposed' };
  }

  get #isDue(): boolean {
    if (this.#isSettled) return false;
    if (this.#device === 'webgpu') return this.#state.at === 'wasm';
    const { count, format } = this.#table;
    return count >= 2 * this.#measuredAt && count * format.bytes >= this.#parts.leastBytes;
  }

  async #open(): Promise<void> {
    this.#state = { at: 'opening' };
    const isNamed = this.#device === 'webgpu';
    try {
      const answer = await this.#parts.open(this.#table, { allowSoftware: isNamed, readBack: this.#readBack });
      if ('refusal' in answer) return this.#refuse('webgpu-unavailable', answer.refusal, answer.absent === true);
      const { scan } = answer;
      if (this.#isDisposed) return scan.dispose();
      this.#state = isNamed ? { at: 'webgpu', scan, isBusy: false, isChecked: false } : { at: 'trial', scan, isBusy: false, rounds: [] };
      await this.#send(this.#state);
    } catch (error) {
      if (error instanceof PoolingError) throw error;
      this.#refuse('webgpu-unavailable', messageOf(error));
    }
  }

  /** Until all rows are there, WebAssembly answers. */
  async #send(state: Held): Promise<void> {
    state.isBusy = true;
    await state.scan.prepare().catch((error: unknown) => this.#failed(state, error));
    state.isBusy = false;
  }

  get #isDisposed(): boolean {
    return this.#state.at === 'disposed';
  }

  /** WebAssembly's answer, and the GPU's is looked at when it comes. */
  #try(state: Trial, queries: readonly Float32Array[], k: number, keep: Keep): Ranked[] {
    const begin = this.#parts.now();
    const reference = this.#reference(queries, k, keep);
    const wasm = this.#parts.now() - begin;
    const begun = this.#parts.now();
    const mask = this.#maskOf(keep);
    state.isBusy = true;
    state.scan.nearest(queries, k, mask).then(
      (found) => {
        if (this.#state !== state) return;
        state.isBusy = false;
        this.#lossesInARow = 0;
        if (!reference.agrees(found)) return this.#disbelieve(state);
        state.rounds.push({ wasm, webgpu: this.#parts.now() - begun });
        if (state.rounds.length > ROUNDS) this.#decide(state);
      },
      (error: unknown) => this.#failed(state, error),
    );
    return reference.ranked;
  }

  #decide({ scan, rounds }: Trial): void {
    const timed = rounds.slice(1);
    const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    this.#measured = { wasm: median(timed.map(({ wasm }) => wasm)), webgpu: median(timed.map(({ webgpu }) => webgpu)) };
    this.#measuredAt = this.#table.count;
    const { wasm, webgpu } = this.#measured;
    const times = `${wasm.toFixed(1)} ms on WASM, ${webgpu.toFixed(1)} ms on WebGPU (${scan.adapter}), ${this.#measuredAt} passages`;
    if (webgpu < wasm) {
      this.#fallback = null;
      this.#state = { at: 'webgpu', scan, isBusy: false, isChecked: true };
    } else {
      this.#fallback = `WASM is faster: ${times}`;
      this.#state = { at: 'wasm' };
      scan.dispose();
    }
    this.#log('info', `Searching with ${webgpu < wasm ? 'WebGPU' : 'WASM'}: ${times}.`);
  }

  /** A search on the GPU did not come to an end: WebAssembly goes on. */
  #failed(state: Held, error: unknown): void {
    // Several searches may fail by one loss, and dispose() ends them too.
    if (this.#state !== state) return;
    const { isLost } = state.scan;
    state.scan.dispose();
    this.#state = { at: 'wasm' };
    this.#measuredAt = 0;
    if (!isLost) return this.#settle(`WebGPU failed (${messageOf(error)})`);
    this.#deviceLosses++;
    if (++this.#lossesInARow > MOST_LOSSES_IN_A_ROW) return this.#settle(`the GPU device was lost ${this.#lossesInARow} times in a row`);
    this.#log('warning', 'The GPU device was lost. WASM searches until there is a new one.');
  }

  #disbelieve({ scan }: Held): void {
    scan.dispose();
    this.#refuse('webgpu-wrong-results', `WebGPU (${scan.adapter}) found other rows than WASM`);
  }

  /** Throws if WebGPU was asked for by name, as LLM.load does. `quietly`: nothing was given up. */
  #refuse(code: 'webgpu-unavailable' | 'webgpu-wrong-results', reason: string, quietly = false): void {
    if (this.#isDisposed) return;
    this.#state = { at: 'wasm' };
    const isNamed = this.#device === 'webgpu';
    this.#settle(reason, quietly || isNamed);
    if (isNamed) throw new PoolingError(code, `Device "webgpu" cannot be used: ${reason}. Use device "wasm" or "auto".`);
  }

  #settle(reason: string, quietly = false): void {
    this.#isSettled = true;
    this.#fallback = reason;
    if (!quietly) this.#log('warning', `Searching with WASM: ${reason}.`);
  }

  #reference(queries: readonly Float32Array[], k: number, keep: Keep) {
    const all = queries.map((query) => this.#table.scores(query));
    const ranked = all.map((scores): Ranked => {
      const rows = topK(scores, scores.length, k, keep);
      return { rows, scores: Float32Array.from(rows, (row) => scores[row]!) };
    });
    return { ranked, agrees: (found: readonly Ranked[]) => found.every((one, i) => agrees(one, ranked[i]!, all[i]!)) };
  }

  #maskOf(keep: Keep): Uint32Array<ArrayBuffer> | null {
    if (!keep) return null;
    const { count } = this.#table;
    const mask = new Uint32Array(Math.ceil(count / 32));
    for (let row = 0; row < count; row++) if (keep(row)) mask[row >> 5]! |= 1 << (row & 31);
    return mask;
  }
}

const loadAndOpen: OpenScan<VectorTable> = async (table, options) => (await import('./search-gpu.ts')).openGpuScan(table, options);
