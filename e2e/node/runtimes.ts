/** The runtimes that tests run programs in: Node, Deno and Bun, by the commands that start them. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** For Node, as in e2e/playwright.config.ts: half of a short program's time would go into optimising a runtime that is used once. */
export const BRIEF = '--wasm-tiering-budget=200000000';

export type Runtime = [command: string, ...args: string[]];

/** npm's packages put the binary into one of their own for each platform, and run an install script to find it, which we do not allow. */
function binaryOf(scope: string, path: string): string {
  const folder = join(root, 'node_modules', scope);
  const platforms = existsSync(folder) ? readdirSync(folder) : [];
  const found = platforms.map((platform) => join(folder, platform, path)).find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`There is no ${path} in node_modules/${scope}: \`npm ci\` installs it, for platforms that it knows.`);
  return found;
}

/** Looked for when a test needs it, so that one that is missing fails its own tests alone. */
export const runtimes: Record<'Node' | 'Deno' | 'Bun', () => Runtime> = {
  Node: () => [process.execPath, BRIEF],
  Deno: () => [binaryOf('@deno', 'deno'), 'run', '--no-prompt', '--allow-read', '--allow-net'],
  Bun: () => [binaryOf('@oven', 'bin/bun')],
};
