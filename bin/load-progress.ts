/** LoadProgress events of one model -> a line that changes, and a step that is told once. */
import type { LoadProgress } from '../src/types.ts';
import { bar, bytes, percent } from './numbers.ts';

export interface ProgressSinks {
  show(text: string): void;
  /** For logs: downloading, starting, … */
  step(text: string): void;
}

const PHASES = { compile: 'starting the session', check: 'comparing WebGPU with WebAssembly' } as const;

export function loadProgress(model: string, { show, step }: ProgressSinks): (progress: LoadProgress) => void {
  const told = new Set<string>();
  return ({ phase, loaded, total, bytesPerSecond, fromCache }) => {
    if (phase === 'ready') return;
    const doing = phase !== 'download' ? PHASES[phase] : fromCache || bytesPerSecond === 0 ? 'reading its files' : 'downloading';
    const amount = phase === 'download' && total > 0 ? ` ${bar(loaded / total)} ${percent(loaded / total)} of ${bytes(total)}` : '';
    const speed = phase === 'download' && bytesPerSecond > 0 ? `, ${bytes(bytesPerSecond)}/s` : '';
    show(`${model}: ${doing}${amount}${speed}`);
    if (!told.has(doing)) step(`${model}: ${doing}`);
    told.add(doing);
  };
}
