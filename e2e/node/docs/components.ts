/** Components of the recipes -> a bundle for each, compiled as their frameworks' plugins do, with a `mount(element)`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { compile as compileSvelte } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';
import type { Block } from './blocks.ts';

const mounts: Readonly<Record<string, string>> = {
  jsx: `import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
export const mount = (element) => createRoot(element).render(createElement(Component));`,
  vue: `import { createApp } from 'vue';
export const mount = (element) => createApp(Component).mount(element);`,
  svelte: `import { mount as put } from 'svelte';
export const mount = (element) => put(Component, { target: element });`,
};

export const isComponent = ({ language }: Block) => language in mounts;

const compilers: Plugin = {
  name: 'components',
  transform(code, id) {
    if (id.endsWith('.vue'))
      return { code: compileScript(parse(code).descriptor, { id: 'docs', inlineTemplate: true }).content, moduleType: 'js' };
    if (id.endsWith('.svelte')) return { code: compileSvelte(code, { generate: 'client', filename: id }).js.code, moduleType: 'js' };
    return null;
  },
};

/** Their names, as those of the files in `folder/site`. */
export async function bundleComponents(blocks: readonly Block[], folder: string, external: string[]): Promise<Map<Block, string>> {
  const source = join(folder, 'components');
  await mkdir(source, { recursive: true });
  const names = new Map(blocks.map((block, i) => [block, `component-${i}`]));
  for (const [{ language, code }, name] of names) {
    await writeFile(join(source, `${name}.${language}`), code);
    await writeFile(join(source, `${name}.js`), `import Component from './${name}.${language}';\n${mounts[language]}\n`);
  }
  const bundle = await rolldown({
    input: Object.fromEntries([...names.values()].map((name) => [name, join(source, `${name}.js`)])),
    external,
    platform: 'browser',
    plugins: [compilers],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(folder, 'site'), entryFileNames: '[name].js' });
  return names;
}
