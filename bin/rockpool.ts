/** The program `rockpool`: argv -> the command it names, and its exit code. */
import { VERSION } from '../src/server/version.ts';
import { closest } from './closest.ts';
import { embed, embedCommand } from './embed.ts';
import { exitCodeOf, messageOf, wrongUse } from './failure.ts';
import { exitCodes, helpOf, type Command } from './help.ts';
import { serve, serveCommand } from './serve.ts';

const COMMANDS: Readonly<Record<string, { command: Command; run(argv: readonly string[]): Promise<number> }>> = {
  serve: { command: serveCommand, run: serve },
  embed: { command: embedCommand, run: embed },
};

// Whoever read the logs is gone: no reason to stop serving.
process.stderr.on('error', () => {});
// A runtime would print the line of code too, and all of this program is in a few lines.
process.on('uncaughtException', (error) => {
  console.error(`rockpool: this is a bug: ${error instanceof Error ? error.stack : String(error)}`);
  process.exit(1);
});
process.exit(await main(process.argv.slice(2)));

async function main([name, ...argv]: string[]): Promise<number> {
  try {
    const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
    if (name === '--version' || own.includes('--version')) return say(`rockpool ${VERSION}`);
    if (name === '--help' || name === '-h' || name === 'help') return say(overview());
    if (name === undefined) throw wrongUse(`Which command?\n\n${overview()}`);
    const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!found) throw wrongUse(`There is no command "${name}".${suggestion(name)} All are in: rockpool --help`);
    if (own.includes('--help') || own.includes('-h')) return say(helpOf(found.command));
    return await found.run(argv);
  } catch (error) {
    console.error(`rockpool: ${messageOf(error)}`);
    return exitCodeOf(error);
  }
}

function say(text: string): Promise<number> {
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve(0)));
}

function suggestion(name: string): string {
  const nearest = closest(name, Object.keys(COMMANDS));
  return nearest === null ? '' : ` Did you mean ${nearest}?`;
}

function overview(): string {
  const lines = Object.values(COMMANDS).map(({ command: { usage, about } }) => `  rockpool ${usage}\n      ${about.split('\n')[0]}`);
  return ['rockpool: vLLM’s pooling models in Node, Deno and Bun', ...lines, 'All flags: rockpool COMMAND --help', exitCodes()].join(
    '\n\n',
  );
}
