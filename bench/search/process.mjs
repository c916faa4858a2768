/** A contender's process: a message, an answer. It is ended when an answer takes too long, and says then why there is none. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'contender.mjs');
// Each has one for the exit.
process.setMaxListeners(32);

export function startContender() {
  const child = fork(program, [], {
    execArgv: ['--expose-gc', '--max-old-space-size=8192'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-4_000)));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  void ended.then(() => process.off('exit', kill));
  return {
    /** -> the answer, or `{ failed: why }`. */
    async ask(message, limitSeconds) {
      let timer;
      const answer = new Promise((resolve) => child.once('message', resolve));
      const dead = ended.then((code) => ({ failed: /heap out of memory/.test(log) ? 'out of memory' : `ended with ${code}` }));
      const late = new Promise((resolve) => {
        timer = setTimeout(() => resolve({ failed: `more than ${limitSeconds} s` }), limitSeconds * 1000);
      });
      child.send(message, () => {});
      const result = await Promise.race([answer, dead, late]);
      clearTimeout(timer);
      child.removeAllListeners('message');
      if (result.failed) await this.stop();
      return result;
    },
    stop() {
      kill();
      return ended;
    },
  };
}
