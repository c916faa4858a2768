/** Log records -> lines on stderr, for people or as JSON. */
import type { LogLevel, LogRecord } from '../src/server.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

interface LogOptions {
  level: LogLevel;
  format: 'text' | 'json';
  /** No line for each request that was answered. */
  withoutRequests: boolean;
}

export type Log = (record: LogRecord) => void;

export function logger({ level, format, withoutRequests }: LogOptions, print: (line: string) => void): Log {
  return ({ stack, ...record }) => {
    if (LEVELS.indexOf(record.level) < LEVELS.indexOf(level)) return;
    if (withoutRequests && isRequest(record)) return;
    const time = new Date().toISOString();
    // A stack shows where things are on this machine: for who asked for it.
    const full = level === 'debug' && typeof stack === 'string' ? { ...record, stack } : record;
    print(format === 'json' ? JSON.stringify({ time, ...full }) : textOf(time, full));
  };
}

function isRequest(record: LogRecord): boolean {
  return 'status' in record;
}

function textOf(time: string, record: LogRecord): string {
  const { level, message, request_id, ms, tokens, model, error, stack } = record;
  const details = [
    ...(ms === undefined ? [] : [`${String(ms)}ms`]),
    ...(tokens === undefined ? [] : [`${String(tokens)} tokens`]),
    ...(model === undefined ? [] : [String(model)]),
    ...(error === undefined ? [] : [`"${String(error)}"`]),
    ...(request_id === undefined ? [] : [`[${request_id}]`]),
  ];
  const line = oneLine([level.toUpperCase(), time, message, ...details].join(' '));
  return stack === undefined ? line : `${line}\n${String(stack)}`;
}

/** What a stranger sent must not look like a line of its own, nor move the terminal's cursor. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) =>
    JSON.stringify(char)
      .slice(1, -1)
      .replace(/^[\u007f-\u009f\u2028\u2029]$/, '\ufffd'),
  );
}
