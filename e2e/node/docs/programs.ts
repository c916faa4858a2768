/** The TypeScript blocks of a page -> one program for Node and one for a browser page. */
import type { Block } from './blocks.ts';

export type Realm = 'node' | 'browser';

export interface Program {
  realm: Realm;
  page: string;
  /** A file name without an ending. */
  name: string;
  source: string;
  blocks: Block[];
}

/** What names the edge's build or a part of Node is for Node; all else is for the page. */
const realmOf = ({ code }: Block): Realm => (/from '(rockpool\/edge|node:[\w/]+)'/.test(code) ? 'node' : 'browser');

/**
 * Each block lies in a scope inside that of the block before it: it sees what the earlier ones have declared, and may use a name anew.
 * `given`: what the page takes for granted.
 */
export function programsOf(page: string, blocks: readonly Block[], given = ''): Program[] {
  return (['node', 'browser'] as const).flatMap((realm) => {
    const own = blocks.filter((block) => realmOf(block) === realm);
    if (own.length === 0) return [];
    const name = `${page.replaceAll(/\W/g, '-')}-${realm}`;
    const bodies = own.map((block) => `{\n$docs.begin(${JSON.stringify(block.name)});\n${inScope(block.code)}\n`);
    const source = `import * as $docs from '../harness.js';\n${given}\n${bodies.join('')}$docs.end();\n${'}'.repeat(own.length)}\nexport {};\n`;
    return [{ realm, page, name, source, blocks: own }];
  });
}

/** Imports and exports stand only at the top of a module; and what is logged is held against the comment behind it. */
function inScope(code: string): string {
  return code
    .replaceAll(/^import type \{ ([^}]+) \} from '([^']+)';$/gm, (_, names: string, from: string) =>
      names
        .split(', ')
        .map((one) => `type ${one} = import('${from}').${one};`)
        .join(' '),
    )
    .replaceAll(/^import \{([^}]+)\} from '([^']+)';$/gm, (_, names: string, from: string) => {
      // A class is a type as well.
      const classes = [...names.matchAll(/\b([A-Z]\w+)(?: as (\w+))?/g)].map(
        ([, name, as = name]) => `type ${as} = import('${from}').${name};`,
      );
      return `const {${names.replaceAll(' as ', ': ')}} = await import('${from}'); ${classes.join(' ')}`;
    })
    .replaceAll(/^import (\w+) from '([^']+)';$/gm, `const { default: $1 } = await import('$2');`)
    .replaceAll(/^export default /gm, 'void ')
    .replaceAll(/^export (?=async function|function|const)/gm, '')
    .replaceAll(/^(\s*)console\.log\((.*)\); \/\/ (.+)$/gm, (_, space: string, values: string, expected: string) => {
      return `${space}$docs.printed(${JSON.stringify(expected)}, ${values});`;
    });
}
