/** Series in, a chart of tokens a second against texts a call out. The table beside it says the same in words. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { el, setAttribute } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import type { Series } from './bench.ts';

const height = 300;
const colours = { webgpu: '--heat-negative', wasm: '--accent' } as const;

export interface SpeedChart {
  element: HTMLElement;
  show(series: readonly Series[], batches: readonly number[]): void;
}

export function createSpeedChart(): SpeedChart {
  const element = el('div', { class: 'speed-chart', role: 'img', 'data-testid': 'speed-chart' });
  let chart: uPlot | null = null;
  let shown: { series: readonly Series[]; batches: readonly number[] } | null = null;

  const build = () => {
    if (!shown || element.clientWidth === 0) return;
    const { series, batches } = shown;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name);
    const axis = {
      stroke: colour('--soft'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
      font: '13px system-ui',
    };
    const lines = series.map(({ speeds }) =>
      batches.map((batch) => speeds.find((speed) => speed.batch === batch)?.tokensPerSecond ?? null),
    );
    chart?.destroy();
    chart = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, distr: 3, log: 2 }, y: { range: (_chart, _low, high) => [0, Math.max(100, high * 1.1)] } },
        axes: [
          {
            ...axis,
            label: 'texts a call',
            labelSize: 24,
            splits: () => [...batches],
            values: (_chart, splits) => splits.map(String),
            filter: (_chart, splits) => splits,
          },
          { ...axis, label: 'tokens a second', labelSize: 24, size: 64, values: (_chart, splits) => splits.map(count) },
        ],
        series: [
          {},
          ...series.map(({ backend }) => ({
            stroke: colour(colours[backend.device]),
            width: 2,
            points: { show: true, size: 8, fill: colour('--bg') },
            ...(backend.device === 'wasm' && { dash: [6, 4] }),
          })),
        ],
      },
      [[...batches], ...lines],
      element,
    );
  };
  new ResizeObserver(() => {
    if (chart && element.clientWidth > 0 && chart.width !== element.clientWidth) chart.setSize({ width: element.clientWidth, height });
    else if (!chart) build();
  }).observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', build);

  return {
    element,
    show(series, batches) {
      shown = { series, batches };
      const words = series.map(({ backend, speeds }) => {
        const best = Math.max(0, ...speeds.map(({ tokensPerSecond }) => tokensPerSecond));
        return `${backend.device === 'webgpu' ? 'WebGPU' : 'WASM'}: up to ${count(best)}`;
      });
      setAttribute(element, 'aria-label', `Chart of tokens a second against texts a call. ${words.join('; ')}. The table has all numbers.`);
      build();
    },
  };
}
