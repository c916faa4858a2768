/**
 * The API reference: what each public entry exports, with its declaration and its comment, from the declarations that were built. TypeDoc
 * would be the tool, but
 * 0.28 needs TypeScript's JavaScript API, which TypeScript 7 does not have.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeBlock, escapeHtml, renderMarkdown } from './markdown.mjs';
import { membersOf } from './members.mjs';
import { entries } from './pages.mjs';

/** A page for each entry. */
export async function apiPages(root) {
  return entries.map((entry) => {
    const title = entry === 'rockpool' ? 'rockpool' : `rockpool/${entry}`;
    const file = join(root, `dist/types/${entry === 'rockpool' ? 'index' : entry}.d.ts`);
    const exported = [...exportsOf(file)].map(([name, declaration]) => ({ name, ...declaration })).sort((a, b) => rank(a) - rank(b));
    const names = new Set(exported.map(({ name }) => name));
    const sections = exported.flatMap((one) => sectionsOf(one, names));
    return {
      target: `api/${entry}.html`,
      title,
      headings: sections.map(({ depth, id, label }) => ({ depth, id, html: escapeHtml(label) })),
      html: `<h1>${title}</h1>\n<p><code>import { … } from '${title}'</code></p>\n${sections.map(sectionHtml).join('\n')}`,
    };
  });
}

/** One section for what is exported, and for a class one for each member. `names`: what is on the page. */
function sectionsOf({ name, comment, code }, names) {
  if (!/^(?:abstract )?class /.test(code)) return [{ depth: 2, id: name, label: name, comment, code }];
  const { head, members } = membersOf(code);
  const [, base] = / extends (\w+)/.exec(head) ?? [];
  const also = names.has(base) ? `<p>It has the members of <a href="#${base}">${base}</a>, too.</p>\n` : '';
  return [
    { depth: 2, id: name, label: name, comment, code: head, also },
    ...members.map((member) => ({ depth: 3, id: `${name}.${member.name}`, ...member })),
  ];
}

const sectionHtml = ({ depth, id, label, comment, code, also = '' }) =>
  `<h${depth} id="${id}">${escapeHtml(label)} <a class="anchor" href="#${id}" aria-label="Link to ${id}">#</a></h${depth}>\n` +
  `${prose(comment)}${also}${codeBlock(code, 'ts')}`;

/** What is called comes first, then types. */
const rank = ({ code }) => (/^(?:function|class)/.test(code) ? 0 : code.startsWith('const') ? 1 : 2);

/** The blocks of a comment without its stars; `@throws` and `@param` are words of the text. */
function prose(comment) {
  if (comment === '') return '';
  const text = comment
    .replaceAll(/^\s*\/?\*+\/?[ ]?|\s*\*+\/$/gm, '')
    .replaceAll(/^@throws /gm, '\n**Throws** ')
    .replaceAll(/^@param (\S+) /gm, '\n**Parameter** `$1`: ')
    .trim();
  return renderMarkdown(text, (href) => href).html;
}

/** Name -> declaration, of what a file declares and what it hands on. */
function exportsOf(file) {
  const found = new Map();
  const declared = declarationsIn(file);
  for (const [name, declaration] of declared) if (declaration.isExported) found.set(name, declaration);
  const source = readFileSync(file, 'utf8');
  for (const [, names, from] of source.matchAll(/^export (?:type )?(\*|\{[^}]*\})(?: from '(.+)')?;$/gm)) {
    const target = from === undefined ? null : resolve(dirname(file), from.replace(/\.ts$/, '.d.ts'));
    const theirs = target === null ? declared : existsSync(target) ? exportsOf(target) : new Map();
    const wanted = names === '*' ? [...theirs.keys()].map((name) => [name, name]) : namesIn(names);
    for (const [name, as] of wanted) if (theirs.has(name)) found.set(as, theirs.get(name));
  }
  // What a class inherits is what its users call.
  for (const { code } of Array.from(found.values())) {
    const [, base] = /^class \w+ extends (\w+)/.exec(code) ?? [];
    const [, from] = new RegExp(`^import (?:type )?\\{[^}]*\\b${base}\\b[^}]*\\} from '(\\..+)\\.ts';$`, 'm').exec(source) ?? [];
    if (base && from && !found.has(base)) found.set(base, exportsOf(resolve(dirname(file), `${from}.d.ts`)).get(base));
  }
  return found;
}

const namesIn = (list) =>
  list
    .slice(1, -1)
    .split(',')
    .map((one) =>
      one
        .trim()
        .replace(/^type /, '')
        .split(' as '),
    )
    .filter(([name]) => name !== '')
    .map(([name, as = name]) => [name, as]);

/** Of a declaration file as the compiler writes it: what stands at the start of a line begins a declaration, and its comment is right above. */
function declarationsIn(file) {
  const found = new Map();
  const pattern =
    /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?((?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)[\s\S]*?)(?=^\S(?<!\})|$(?![\s\S]))/gm;
  for (const [, comment = '', code, name] of readFileSync(file, 'utf8').matchAll(pattern)) {
    // Without what only this class sees.
    const shown = code
      .replace(/^export (?:declare )?/, '')
      .replaceAll(/^ {4}(?:#\w+|private [^;]*|readonly #\w+)[^;]*;\n/gm, '')
      .trimEnd();
    found.set(name, { comment, code: shown, isExported: code.startsWith('export ') });
  }
  return found;
}
