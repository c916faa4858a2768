/** Into a folder goes all that the contenders load: peers from npm at the versions named, and our table of vectors, bundled from its source. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { wat } from '../../scripts/wat.mjs';

export async function prepare(folder, contenders) {
  const dependencies = Object.assign({}, ...contenders.map(({ packages }) => packages ?? {}));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  // USearch says Node 22, and its binary runs in Node 20. No script may fetch anything.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];
  if (Object.keys(dependencies).length > 0) execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  copyFileSync(join(import.meta.dirname, 'peers.mjs'), join(folder, 'peers.mjs'));
  const input = resolve(import.meta.dirname, '../../src/search/vector-table.ts');
  const bundle = await rolldown({ input, plugins: [wat()], logLevel: 'silent' });
  await bundle.write({ file: join(folder, 'vector-table.mjs'), format: 'esm' });
  await bundle.close();
}
