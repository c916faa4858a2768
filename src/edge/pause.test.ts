import { expect, test, vi } from 'vitest';
import { pauseOf } from './pause.ts';
import { pause } from '../pause.ts';

test('a browser’s worker and workerd pause by messages, and workerd does so where it is made to look like Node', () => {
  expect(pauseOf({ navigator: { userAgent: 'Chrome' } })).toBe(pause);
  const setImmediate = vi.fn();
  expect(pauseOf({ process: { versions: { node: '22.0.0' } }, setImmediate, navigator: { userAgent: 'Cloudflare-Workers' } })).toBe(pause);
});

test('Node and Bun pause by setImmediate, Deno by a timer, though it has both', async () => {
  const setImmediate = vi.fn((callback: () => void) => callback());
  await pauseOf({ process: { versions: { node: '20.20.0' } }, setImmediate })();
  expect(setImmediate).toHaveBeenCalledOnce();
  await pauseOf({ Deno: {}, process: { versions: { node: '24.0.0' } }, setImmediate })();
  expect(setImmediate).toHaveBeenCalledOnce();
});
