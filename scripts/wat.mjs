/** A plugin of Rolldown and of Vite: `import base64 from './x.wat'` is the WebAssembly text, compiled. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import loadWabt from 'wabt';

export function wat() {
  return {
    name: 'wat',
    async load(id) {
      if (!id.endsWith('.wat')) return null;
      const wabt = await loadWabt();
      const module = wabt.parseWat(basename(id), await readFile(id, 'utf8'), { simd: true });
      const { buffer } = module.toBinary({});
      module.destroy();
      return { code: `export default ${JSON.stringify(Buffer.from(buffer).toString('base64'))}`, moduleType: 'js' };
    },
  };
}
