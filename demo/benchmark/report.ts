/** What was measured in, JSON with all that one needs to compare it with another machine's out. */
import type { ModelCard } from '../model/model-cards.ts';
import { messageOf } from '../ui/error-words.ts';
import type { Series } from './bench.ts';
import { tokensPerText } from './measure.ts';

export function reportOf(card: ModelCard, series: readonly Series[]): string {
  const report = {
    model: card.name,
    tokensPerText,
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated,
    backends: series.map(({ backend, info, speeds, error }) => ({
      device: backend.device,
      ...(info && { adapter: info.adapter, threads: info.threads, dtype: info.dtype, loadMs: Math.round(info.loadTimings.total) }),
      ...(error !== null && { error: messageOf(error) }),
      speeds: speeds.map(({ batch, ms, tokensPerSecond }) => ({
        batch,
        ms: Math.round(ms * 10) / 10,
        tokensPerSecond: Math.round(tokensPerSecond),
      })),
    })),
  };
  return JSON.stringify(report, null, 2);
}
