/**
 * One model of the page: a device choice in, its state out (looking, asking, loading, ready, failed). All views share it.
 * Each load is one attempt with its own AbortController; whatever an older attempt still says is ignored.
 */
import { LLM } from 'rockpool';
import type { Device, LoadProgress, ModelInfo } from 'rockpool';
import { createStore } from '../ui/store.ts';
import { codeOf } from '../ui/error-words.ts';
import { findCached } from './find-cached.ts';
import { findKept } from './kept-runtime.ts';
import type { KeptChoice } from './kept-runtime.ts';
import type { ModelCard } from './model-cards.ts';

export type DeviceChoice = 'auto' | Device;

export type ModelState =
  /** Is it in the cache? */
  | { kind: 'looking' }
  /** Nobody has said yes to the load yet. `whole`: it is in the cache, so that it would download nothing. */
  | { kind: 'asking'; keptBytes: number; whole: boolean; cancelled: boolean }
  | { kind: 'loading'; progress: LoadProgress | null; phaseSince: number; downloadMs: number | null }
  | { kind: 'ready'; llm: LLM; info: ModelInfo; fromCache: boolean; warnings: string[] }
  /** `kept`: what can be loaded without a network, where the choice that failed cannot. */
  | { kind: 'failed'; error: unknown; kept: KeptChoice | null };

export class ModelHost {
  readonly state = createStore<ModelState>({ kind: 'looking' });
  readonly card: ModelCard;
  device: DeviceChoice;
  #attempt: AbortController | null = null;

  constructor(card: ModelCard, device: DeviceChoice) {
    this.card = card;
    this.device = device;
  }

  /** Loads at once what is cached; asks before anything is downloaded. Does nothing for a model that was cancelled or is there. */
  async start(): Promise<void> {
    await this.look();
    const state = this.state.get();
    if (state.kind === 'asking' && state.whole && !state.cancelled) await this.load();
  }

  /** Only looks into the cache. */
  async look(): Promise<void> {
    if (this.state.get().kind !== 'looking') return;
    const { whole, bytes } = await findCached(this.card);
    if (this.state.get().kind === 'looking') this.state.set({ kind: 'asking', keptBytes: bytes, whole, cancelled: false });
  }

  async load(device: DeviceChoice = this.device): Promise<void> {
    this.device = device;
    this.#attempt?.abort();
    const attempt = (this.#attempt = new AbortController());
    const before = this.state.get();
    const warnings: string[] = [];
    const fromCache = new Map<string, boolean>();
    this.state.set({ kind: 'loading', progress: null, phaseSince: performance.now(), downloadMs: null });
    try {
      if (before.kind === 'ready') await before.llm.dispose(); // first, so that two copies of the weights never share the memory
      const llm = await LLM.load(this.card.path, {
        device,
        ...(this.card.heads && { heads: this.card.heads }),
        ...(this.card.chunked && { overridePoolerConfig: { enable_chunked_processing: true } }),
        signal: attempt.signal,
        onProgress: (progress) => {
          if (progress.file) fromCache.set(progress.file, progress.fromCache);
          if (attempt === this.#attempt) this.#progress(progress);
        },
        onLog: ({ level, message }) => {
          if (level === 'warning') warnings.push(message);
          console[level === 'warning' ? 'warn' : 'info'](message);
        },
      });
      if (attempt !== this.#attempt) return await llm.dispose();
      this.state.set({ kind: 'ready', llm, info: llm.info, fromCache: [...fromCache.values()].every(Boolean), warnings });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (codeOf(error) === 'aborted') return await this.cancel();
      const kept = await findKept(error, device);
      if (attempt === this.#attempt) this.state.set({ kind: 'failed', error, kept });
    }
  }

  /** Answers at once; the attempt winds down by itself. */
  async cancel(): Promise<void> {
    this.#attempt?.abort();
    this.#attempt = null;
    this.state.set({ kind: 'asking', keptBytes: 0, whole: false, cancelled: true });
    const { whole, bytes } = await findCached(this.card);
    if (this.state.get().kind === 'asking') this.state.set({ kind: 'asking', keptBytes: bytes, whole, cancelled: true });
  }

  /** Frees its memory. Its files stay in the cache. */
  async unload(): Promise<void> {
    const state = this.state.get();
    await this.cancel();
    if (state.kind === 'ready') await state.llm.dispose();
  }

  /** After a call: the device may have been lost and re-made, or given up. */
  refreshInfo(): void {
    const state = this.state.get();
    if (state.kind === 'ready' && state.llm.info.device !== state.info.device) this.state.set({ ...state, info: state.llm.info });
  }

  #progress(progress: LoadProgress): void {
    const state = this.state.get();
    if (state.kind !== 'loading' || progress.phase === 'ready') return;
    const now = performance.now();
    const samePhase = (state.progress?.phase ?? 'download') === progress.phase;
    const downloadEnds = !samePhase && state.downloadMs === null;
    this.state.set({
      kind: 'loading',
      progress,
      phaseSince: samePhase ? state.phaseSince : now,
      downloadMs: downloadEnds ? now - state.phaseSince : state.downloadMs,
    });
  }
}
