/** Loaded models and the server's address -> what is told when it is ready. */
import type { ModelInfo } from '../src/types.ts';
import { count, duration } from './numbers.ts';

interface Served {
  names: readonly string[];
  info: ModelInfo;
}

interface Server {
  url: string;
  routes: readonly string[];
  keys: number;
  hasOpenMetrics: boolean;
  /** What gives a runtime without WebGPU one, if anything does. */
  webGpuHint: string | null;
  /** Of rockpool, and of the runtime. */
  versions: string;
}

export function summary(served: readonly Served[], { url, routes, keys, hasOpenMetrics, webGpuHint, versions }: Server): string {
  const key =
    keys > 0
      ? `${keys === 1 ? 'one' : keys}, asked for on all routes but ${hasOpenMetrics ? '/health, /ping and /metrics' : '/health and /ping'}`
      : 'none: whoever reaches this port may call';
  return [
    versions,
    ...served.flatMap((one) => modelLines(one, webGpuHint)),
    row('routes', wrapped(routes)),
    row('API key', key),
    `Ready on ${url}`,
  ].join('\n');
}

function modelLines({ names, info }: Served, webGpuHint: string | null): string[] {
  const { device, adapter, fallback, dtype, architecture, tasks, pooler, loadTimings, labels, heads } = info;
  const normalized = pooler.normalize ? 'normalized' : 'not normalized';
  return [
    `  ${info.model} (${architecture}), loaded in ${duration(loadTimings.total / 1000)}`,
    row('names', names.join(', ')),
    row('device', `${device}${adapter ? ` (${adapter})` : ''}${fallback ? `: ${fallback}${webGpuHint ? `; ${webGpuHint}` : ''}` : ''}`),
    row('dtype', dtype),
    row('tasks', tasks.join(', ')),
    row('pooler', `${pooler.pooling_type}, ${normalized}, from ${pooler.source}`),
    row('max_model_len', lengths(info)),
    row('matryoshka', matryoshka(info)),
    ...(labels ? [row('labels', labels.length > 8 ? `${count(labels.length)}` : labels.join(', '))] : []),
    ...(heads.length > 0 ? [row('heads', heads.join(', '))] : []),
  ];
}

function lengths({ max_model_len, max_embed_len, enable_chunked_processing }: ModelInfo): string {
  if (!enable_chunked_processing) return count(max_model_len);
  return `${count(max_model_len)}; longer texts in chunks, ${max_embed_len === Infinity ? 'of any length' : `up to ${count(max_embed_len)}`}`;
}

function matryoshka({ is_matryoshka, matryoshka_dimensions }: ModelInfo): string {
  return is_matryoshka ? (matryoshka_dimensions?.join(', ') ?? 'any number of dimensions') : 'no';
}

const COLUMN = 18;

function row(name: string, text: string): string {
  return `    ${name}`.padEnd(COLUMN + 4) + text;
}

function wrapped(routes: readonly string[]): string {
  const lines: string[] = [];
  for (const route of routes) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + route.length < 90) lines[lines.length - 1] = `${last} ${route}`;
    else lines.push(route);
  }
  return lines.join(`\n${' '.repeat(COLUMN + 4)}`);
}
