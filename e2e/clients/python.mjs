/**
 * `npm run check:clients`: the stock Python clients (openai, Cohere's, LangChain's) against a running server, by clients.py. Needs python3 with venv,
 * and a package index: they are installed into a temporary folder. Two minutes, most of them for the very long text.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './start-server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

const work = mkdtempSync(join(tmpdir(), 'rockpool-clients-'));
try {
  const python = join(work, 'venv/bin/python');
  run('python3', '-m', 'venv', join(work, 'venv'));
  run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(here, 'requirements.txt'));
  const server = await startServer();
  try {
    const { status } = spawnSync(python, [join(here, 'clients.py'), server.url, server.key], { stdio: ['ignore', 'inherit', 'inherit'] });
    process.exitCode = status ?? 1;
  } finally {
    await server.stop();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
