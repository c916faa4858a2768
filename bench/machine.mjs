/** What the numbers were measured on: ratios travel between machines, times do not. */
import os from 'node:os';

export async function describeMachine(browser) {
  const cpus = os.cpus();
  const machine = {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.type()} ${os.arch()}`,
    chromium: browser.version(),
    loadBefore: Number(os.loadavg()[0].toFixed(2)),
  };
  const summary = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Chromium ${machine.chromium}, WASM without GPU, load before ${machine.loadBefore}`;
  return { ...machine, summary };
}
