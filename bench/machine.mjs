/** What the numbers were measured on: ratios travel between machines, times do not. */
import os from 'node:os';

/** Without a browser: of a bench that runs in this Node. */
export async function describeMachine(browser) {
  const cpus = os.cpus();
  const machine = {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.type()} ${os.arch()}`,
    ...(browser ? { chromium: browser.version() } : { node: process.version }),
    loadBefore: Number(os.loadavg()[0].toFixed(2)),
  };
  const runtime = browser ? `Chromium ${machine.chromium}` : `Node ${machine.node}`;
  const summary = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, ${runtime}, WASM without GPU, load before ${machine.loadBefore}`;
  return { ...machine, summary };
}
