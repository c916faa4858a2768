/**
 * The model on the device that was chosen for it. Decides between WebGPU and WASM, checks WebGPU before trusting it, and replaces a lost
 * device by a new one, so that a caller notices no more than a delay.
 */
import { asPoolingError, PoolingError, throwIfAborted } from '../errors.ts';
import { requestGpu, type Gpu, type GpuAnswer } from '../gpu/device.ts';
import type { Ort } from '../onnx/session.ts';
import type { Padding } from '../pipeline/batch.ts';
import type { Batch, PoolSpec, Rows } from '../shapes.ts';
import type { Device } from '../types.ts';
import { DeviceLost, openBackend, WASM_BUDGET, type Backend, type BatchBudget, type Forward, type ModelWeights } from './backend.ts';
import { agreement, MIN_COSINE, probeBatches, probeSpec } from './self-check.ts';

export interface RunnerOptions {
  ort: Ort;
  device: 'auto' | Device;
  /** False if the runtime was built without WebGPU. */
  webGpu: boolean;
  selfCheck: boolean;
  /** Reads the weights, again after every device loss: they are not kept. `forget` drops a file from the cache that the runtime refuses. */
  loadWeights(signal?: AbortSignal): Promise<LoadedWeights>;
  /** The probe's rows on WASM as an earlier load found them, and the place to keep them for the next. */
  reference: { get(spec: PoolSpec): Promise<Rows | null>; put(spec: PoolSpec, rows: Rows): Promise<void> };
  phase(phase: 'compile' | 'check'): void;
  log(message: string): void;
  /** Something in `state` is different now. */
  changed(): void;
}

export interface LoadedWeights extends ModelWeights {
  /** What the self-check runs. */
  probe: { ids: Int32Array; padding: Padding; adapter: number | null };
  /** Drops the file from the cache. */
  forget(): Promise<void>;
}

interface RunnerState {
  fallback: string | null;
  selfCheck: number | null;
  compile: number;
  check: number;
  readBack: { bytes: number };
  deviceLosses: number;
}

/** Lost this often without one batch in between, the device is not coming back. */
const MAX_LOSSES_IN_A_ROW = 3;

export class Runner {
  readonly #options: RunnerOptions;
  #backend: Backend | null = null;
  #lossesInARow = 0;
  #closed = false;
  #reference: Rows | null = null;
  #probe: LoadedWeights['probe'] | null = null;
  readonly state: RunnerState = { fallback: null, selfCheck: null, compile: 0, check: 0, readBack: { bytes: 0 }, deviceLosses: 0 };

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get backend(): Backend {
    if (!this.#backend) throw new PoolingError('disposed', 'The engine has no model: it was not loaded, or it was disposed.');
    return this.#backend;
  }

  /** Of the device in use; the smaller one between a loss and the next attempt. */
  get budget(): BatchBudget {
    return this.#backend?.budget ?? WASM_BUDGET;
  }

  get isOpen(): boolean {
    return this.#backend !== null;
  }

  async open(signal?: AbortSignal): Promise<void> {
    const { device } = this.#options;
    this.#backend = (device === 'wasm' ? null : await this.#openGpu(signal)) ?? (await this.#openOn(null, signal));
    await this.#closeIfDisposed();
  }

  async forward(batch: Batch, spec: PoolSpec): Promise<Forward> {
    for (;;) {
      // None after a loss that could not be mended: this call tries again.
      if (!this.#backend && !this.#closed) await this.open();
      const backend = this.backend;
      try {
        const result = await backend.forward(batch, spec);
        this.#lossesInARow = 0;
        return result;
      } catch (error) {
        if (!(error instanceof DeviceLost)) throw asPoolingError(error, 'runtime-failed', 'onnxruntime-web failed');
        await this.#recover(backend, error);
      }
    }
  }

  /** dispose() may come while a backend is being made: then nobody else would close it. */
  async #closeIfDisposed(): Promise<void> {
    if (!this.#closed) return;
    await this.close();
    throw new PoolingError('disposed', 'The LLM was disposed during the call.');
  }

  async close(): Promise<void> {
    this.#closed = true;
    const backend = this.#backend;
    this.#backend = null;
    await backend?.close();
  }

  /** Null: WebGPU is not to be used, and `state.fallback` says why. Throws instead if WebGPU was asked for by name. */
  async #openGpu(signal?: AbortSignal): Promise<Backend | null> {
    const named = this.#options.device === 'webgpu';
    const absent: GpuAnswer = { refusal: 'this build of the runtime has no WebGPU', absent: true };
    const request = this.#options.webGpu ? requestGpu({ allowSoftware: named }) : Promise.resolve(absent);
    const answer = await request.catch((error: unknown): GpuAnswer => ({ refusal: String(error) }));
    if ('refusal' in answer) return this.#refuse('webgpu-unavailable', answer.refusal, { quietly: answer.absent === true });
    let backend: Backend | null = null;
    try {
      backend = await this.#openOn(answer.gpu, signal);
      const cosine = this.#options.selfCheck ? await this.#check(backend, signal) : null;
      this.state.selfCheck = cosine;
      if (cosine === null || cosine >= MIN_COSINE) return backend;
    } catch (error) {
      await backend?.close().catch(() => {});
      answer.gpu.device.destroy();
      throwIfAborted(signal);
      // A session that cannot be made here may be made on WASM; if the file is broken, WASM will say so. Other errors are the same there.
      if (error instanceof PoolingError && (named || error.code !== 'model-file-invalid')) throw error;
      return this.#refuse('webgpu-unavailable', `the model does not run on it (${(error as Error).message})`, { cause: error });
    }
    await backend.close();
    const found = `WebGPU (${answer.gpu.name}) gave other vectors than WASM for the probe text: cosine ${(this.state.selfCheck ?? 0).toFixed(3)}, and ${MIN_COSINE} is asked for`;
    return this.#refuse('webgpu-wrong-results', found);
  }

  #refuse(
    code: 'webgpu-unavailable' | 'webgpu-wrong-results',
    reason: string,
    { cause, quietly }: { cause?: unknown; quietly?: boolean } = {},
  ): null {
    if (this.#options.device === 'webgpu') {
      throw new PoolingError(code, `Device "webgpu" cannot be used: ${reason}. Use device "wasm" or "auto".`, { cause });
    }
    this.state.fallback = reason;
    if (!quietly) this.#options.log(`Using WASM: ${reason}.`);
    return null;
  }

  async #openOn(gpu: Gpu | null, signal?: AbortSignal): Promise<Backend> {
    const { ort, loadWeights, phase } = this.#options;
    const weights = await loadWeights(signal);
    this.#probe = weights.probe;
    throwIfAborted(signal);
    phase('compile');
    const begin = performance.now();
    const backend = await openBackend(ort, weights, gpu, this.state.readBack).catch(async (error: unknown) => {
      if (!gpu && error instanceof PoolingError && error.code === 'model-file-invalid') await weights.forget();
      throw error;
    });
    this.state.compile += performance.now() - begin;
    return backend;
  }

  /** Cosine between this backend and WASM on the probe. The WASM side is computed once a model and kept. */
  async #check(backend: Backend, signal?: AbortSignal): Promise<number> {
    const { reference } = this.#options;
    this.#options.phase('check');
    const begin = performance.now() - this.state.compile;
    let expected = (this.#reference ??= await reference.get(this.#probeSpec(backend)));
    if (!expected) {
      const wasm = await this.#openOn(null, signal);
      try {
        expected = await this.#runProbe(wasm);
      } finally {
        await wasm.close();
      }
      this.#reference = expected;
      await reference.put(this.#probeSpec(backend), expected);
    }
    throwIfAborted(signal);
    const found = await this.#runProbe(backend);
    // Without the compilation of the second session, which is counted as such.
    this.state.check += performance.now() - begin - this.state.compile;
    return agreement(found, expected);
  }

  async #runProbe(backend: Backend): Promise<Rows> {
    const { ids, padding } = this.#probe!;
    const spec = this.#probeSpec(backend);
    const data: number[] = [];
    for (const input of probeBatches(ids, padding, backend.graph.shape.alone)) data.push(...(await backend.forward(input, spec)).rows.data);
    return { data: Float32Array.from(data), rows: data.length / spec.dimensions, dimensions: spec.dimensions };
  }

  #probeSpec({ graph }: Backend): PoolSpec {
    return probeSpec(graph.probed, this.#probe!.adapter);
  }

  async #recover(lost: Backend, cause: DeviceLost): Promise<void> {
    this.state.deviceLosses++;
    this.#lossesInARow++;
    this.#backend = null;
    await lost.close().catch(() => {});
    this.#options.log('The GPU device was lost. Making a new one; the work goes on.');
    if (this.#lossesInARow <= MAX_LOSSES_IN_A_ROW) {
      this.#backend = await this.#openGpu().catch((error: unknown) => {
        throw this.#lost(`could not be replaced (${(error as Error).message})`, error);
      });
    } else {
      const found = `was lost ${this.#lossesInARow} times in a row`;
      if (this.#options.device === 'webgpu') throw this.#lost(found, cause);
      this.#refuse('webgpu-unavailable', `the GPU device ${found}`);
    }
    this.#backend ??= await this.#openOn(null);
    await this.#closeIfDisposed();
    this.#options.changed();
  }

  /** For a caller who wants WebGPU or nothing. The next call begins anew. */
  #lost(what: string, cause: unknown): PoolingError {
    this.#lossesInARow = 0;
    return new PoolingError('device-lost', `The GPU device ${what}.`, { cause });
  }
}
