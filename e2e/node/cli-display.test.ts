/** What the program shows of itself: logs, and progress on a terminal and without one. */
import { describe, expect, test } from 'vitest';
import { embedMeter } from '../../bin/embed-meter.ts';
import { loadProgress } from '../../bin/load-progress.ts';
import { logger } from '../../bin/log.ts';
import { bytes, duration } from '../../bin/numbers.ts';
import { statusLine } from '../../bin/status-line.ts';

describe('Logs', () => {
  const request = { level: 'info', message: 'POST /v1/embeddings 200', request_id: 'r1', status: 200, ms: 12.3, tokens: 5 } as const;
  const lines = (options: Partial<Parameters<typeof logger>[0]>, ...records: Parameters<ReturnType<typeof logger>>[0][]) => {
    const printed: string[] = [];
    const log = logger({ level: 'info', format: 'text', withoutRequests: false, ...options }, (line) => printed.push(line));
    records.forEach(log);
    return printed;
  };

  test('are lines for people, or JSON', () => {
    expect(lines({}, request)[0]).toMatch(/^INFO \d{4}-\d\d-\d\dT[\d:.]+Z POST \/v1\/embeddings 200 12\.3ms 5 tokens \[r1\]$/);
    const { time, ...rest } = JSON.parse(lines({ format: 'json' }, request)[0]!);
    expect(rest).toEqual(request);
    expect(Date.parse(time)).toBeGreaterThan(0);
  });

  test('have levels, and no requests for who wants none', () => {
    const fault = { level: 'error', message: 'broken' } as const;
    expect(lines({ level: 'error' }, request, fault)).toHaveLength(1);
    expect(lines({ withoutRequests: true }, request, fault)).toHaveLength(1);
    expect(lines({ level: 'debug' }, { level: 'debug', message: 'x' }, request, fault)).toHaveLength(3);
  });

  test('have stacks for debugging alone', () => {
    const fault = { level: 'error', message: 'broken', stack: 'Error: broken\n    at here' } as const;
    for (const format of ['text', 'json'] as const) {
      expect(lines({ format }, fault)[0]).not.toContain('at here');
      expect(lines({ format, level: 'debug' }, fault)[0]).toContain('at here');
    }
  });

  test('are one line each, whatever a stranger sent', () => {
    const [line] = lines({}, { level: 'info', message: 'GET /x', error: 'a\nINFO forged \u001b[2K\u009b2K\u2028 ü 🙂' });
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
    expect(line).toContain('ü 🙂');
  });
});

describe('Progress', () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, stream: { isTTY, columns: 40, write: (text: string) => written.push(text) } };
  };

  test('is one line on a terminal, as wide as that at most, and gone before another', () => {
    const { written, stream: to } = stream(true);
    const status = statusLine(to);
    status.show('a'.repeat(100));
    status.show('b');
    status.print('stays');
    status.print('too');
    expect(written).toEqual([`\r\x1b[2K${'a'.repeat(39)}`, '\r\x1b[2Kb', '\r\x1b[2Kstays\n', 'too\n']);
  });

  test('is told step by step without one', () => {
    const { written, stream: to } = stream(false);
    const steps: string[] = [];
    const status = statusLine(to);
    const onProgress = loadProgress('m', { show: status.show, step: (text) => steps.push(text) });
    const files = { fileLoaded: 0, fileTotal: 0, loaded: 5e6, total: 2e7, fromCache: false };
    onProgress({ phase: 'download', ...files, bytesPerSecond: 1e6 });
    onProgress({ phase: 'download', ...files, bytesPerSecond: 1e6 });
    onProgress({ phase: 'compile', ...files, bytesPerSecond: 0 });
    expect(written).toEqual([]);
    expect(steps).toEqual(['m: downloading', 'm: starting the session']);
    const shown: string[] = [];
    loadProgress('m', { show: (text) => shown.push(text), step: () => {} })({ phase: 'download', ...files, bytesPerSecond: 1e6 });
    expect(shown).toEqual(['m: downloading [#####...............] 25% of 20.0 MB, 1.0 MB/s']);
  });

  test('of texts has a pace and an end', () => {
    const { written, stream: to } = stream(true);
    let now = 0;
    const meter = embedMeter({ ...statusLine(to), show: (text) => written.push(text) }, 1000, () => now);
    // The first batch of a run that went on after 100.
    now = 1000;
    meter.update(101, 500, 10);
    now = 2000;
    meter.update(200, 750, 10);
    expect(written.at(-1)).toMatch(/^\[#{15}\.{5}\] 75% 200 texts, 50 texts\/s, 0:01 left$/);
    expect(meter.total()).toBe('100 texts, 20 tokens, in 0:02: 50 texts/s');
  });

  test('has numbers that can be read', () => {
    expect([999, 1000, 2.35e7, 5e12].map(bytes)).toEqual(['999 B', '1.0 kB', '23.5 MB', '5000.0 GB']);
    expect([0, 59.6, 3_725, 36_000].map(duration)).toEqual(['0:00', '1:00', '1:02:05', '10:00:00']);
  });
});
