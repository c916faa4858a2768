/**
 * Every line of the documents' sh blocks: servers are started, requests are sent to them, commands are run; what is not run is named, with
 * the reason.
 */
import { symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocks, root } from './docs/blocks.ts';
import { run, serve, tempFolder } from './processes.ts';

interface Line {
  page: string;
  line: string;
}

/** Without the comment behind it; `\` at the end of a line goes on in the next. */
const lines: Line[] = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ page, code }) =>
    code
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => ({ page, line: line.replace(/\s+# .*$/, '').trim() })),
  )
  .filter(({ line }) => line !== '' && !line.startsWith('#'));

const notRun: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'the page is opened by e2e/browser/demo.spec.ts as `npm run build` has made it',
  'npm ci && npm test': 'it is what runs this test',
  'npm install rockpool': 'e2e/node/package.test.ts installs the package as npm packs it',
  'npm ci && npm run build': 'npm test begins with it',
  'npm run eval': 'forty minutes; what it printed is in docs/quality.md',
  'npm run eval -- retrieval-fp32': 'the same, and it downloads 90 MB',
  'npm run eval -- reranker --encoder-tokens 96': 'the same',
  'npm run eval -- fusion': 'the same',
};
/** Its requests go to a server with the heads and models that it names. */
const ofApi = (({ page, line }) => page === 'docs/api.md' && line.startsWith('curl ')) satisfies (line: Line) => boolean;

/** One after the other in an empty folder, with the package as npm packs it. */
const ofQuickStart = ({ page }: Line) => page === 'docs/quick-start.md';

const rockpool = join(root, 'dist/rockpool.js');
let folder: Awaited<ReturnType<typeof tempFolder>>;
let server: { found: string; stop: () => Promise<void> } | null = null;

beforeAll(async () => {
  folder = await tempFolder();
  await symlink(join(root, 'models'), join(folder.path, 'models'));
  await writeFile(join(folder.path, 'texts.txt'), 'Hello, my name is\nThe capital of France is Paris.\n');
});
afterAll(async () => {
  await server?.stop();
  await folder.remove();
});

async function tried(line: string): Promise<void> {
  const [command, ...args] = line.split(/\s+/);
  if (command === 'npx' && args[0] === 'rockpool' && args[1] === 'serve') {
    await server?.stop();
    const given = args.slice(1).filter((arg, i, all) => arg !== '--port' && all[i - 1] !== '--port');
    server = await serve(process.execPath, [rockpool, ...given, '--port', '0'], /Ready on (http:\S+)/, folder.path);
    expect((await fetch(`${server.found}/health`)).status).toBe(200);
  } else if (command === 'npx' && args[0] === 'rockpool') {
    await run(process.execPath, [rockpool, ...args.slice(1)], { cwd: folder.path });
  } else if (command === 'curl') {
    const asked = line.replace('http://localhost:8000', server!.found).replace('curl ', 'curl -sS --fail-with-body ');
    const { stdout } = await run('sh', ['-c', asked], { cwd: folder.path });
    expect(JSON.parse(stdout)).toBeTypeOf('object');
  } else throw new Error(`Nothing runs this line: ${line}`);
}

/** A line that stands on two pages is run once. */
const distinct = [
  ...new Map(lines.filter((one) => !ofApi(one) && !ofQuickStart(one) && !(one.line in notRun)).map((one) => [one.line, one])).values(),
];

describe('Lines', () => {
  test('are many', () => expect(lines.length).toBeGreaterThan(20));
  test.each(distinct)('$page: $line', ({ line }) => tried(line));

  test('of docs/api.md that send requests are run by api-docs.test.ts', () => {
    expect(readFileSync(join(import.meta.dirname, 'api-docs.test.ts'), 'utf8')).toContain("'docs/api.md'");
    expect(lines.filter(ofApi).length).toBeGreaterThan(15);
  });

  test('of docs/quick-start.md are followed by package.test.ts', () => {
    expect(readFileSync(join(import.meta.dirname, 'package.test.ts'), 'utf8')).toContain('followQuickStart(');
    expect(lines.filter(ofQuickStart)).toHaveLength(6);
  });

  test.each(Object.keys(notRun))('that are not run are there, and their scripts: %s', (line) => {
    expect(lines.map((one) => one.line)).toContain(line);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    for (const [, name] of line.matchAll(/npm (?:run )?([\w:]+)/g))
      if (name !== 'ci' && name !== 'install') expect(scripts).toHaveProperty([name!]);
  });
});
