/**
 * The tab's memory, from outside: what the operating system counts for Chromium's renderer process, the page and its workers together.
 *
 * RssAnon + RssShmem of /proc/PID/status: all memory that the process has touched and not given back, garbage that is not collected yet and
 * WebAssembly memory included; the browser's own code, which is mapped from a file, is not. Linux alone: elsewhere null.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 20;
const SETTLE_MS = 1500;

/** The renderer of the one page that is open. Chromium keeps a spare one, which is smaller. */
export async function rendererMemory(browser) {
  if (process.platform !== 'linux') return null;
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const [pid] = renderers.sort((a, b) => residentBytes(b) - residentBytes(a));
  return {
    /** Bytes once the page does nothing: garbage collected, and the least of the next moments. */
    async idle(page) {
      await collectGarbage(page);
      const peak = watch(pid);
      await sleep(SETTLE_MS);
      return peak.stop().least;
    },
    watch: () => watch(pid),
  };
}

function watch(pid) {
  let [most, least] = [0, Infinity];
  const sample = () => {
    const bytes = residentBytes(pid);
    most = Math.max(most, bytes);
    least = Math.min(least, bytes);
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return { most, least };
    },
  };
}

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024;
}

/** In the page. A worker's garbage is its own affair: it goes when V8 thinks fit, as it does for users. */
async function collectGarbage(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.detach();
}
