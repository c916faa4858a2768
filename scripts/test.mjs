/**
 * `npm test`: finds a browser, builds, runs the unit tests and the tests in Node, Deno and workerd (Vitest), then those in the browser
 * (Playwright), as many beside each other as there are cores, and those that measure time alone. Closes with the sums on a line of their own, and
 * exits non-zero if anything failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findBrowser, vulkanOf } from './browser.mjs';

const browser = findBrowser();
const env = { ...process.env, CHROMIUM: browser, ...vulkanOf(browser) };
console.log(`Browser: ${browser}. Vulkan for WebGPU in Node: ${env.VK_ICD_FILENAMES ?? 'the system’s'}.`);

const run = (command, args, more = {}) =>
  spawnSync('npx', ['--no-install', command, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...env, ...more } }).status ?? 1;
const sums = { passed: 0, failed: 0 };

/** A runner that ended badly without counting a failure has failed all the same: it crashed, or an error came from outside any test. */
function add({ passed, failed }, status) {
  sums.passed += passed;
  sums.failed += Math.max(failed, status === 0 ? 0 : 1);
}

const read = (file, count) => {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1 };
  }
};

function runPages(name, ...args) {
  const report = `test-results/${name}.json`;
  const status = run('playwright', ['test', '-c', 'e2e/playwright.config.ts', `--output=test-results/${name}`, ...args], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  add(
    read(report, ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped })),
    status,
  );
}

rmSync('test-results', { recursive: true, force: true });
mkdirSync('test-results');
const built = spawnSync('npm', ['run', 'build'], { stdio: ['ignore', 'inherit', 'inherit'], env }).status;
if (built === 0) {
  const unit = run('vitest', ['run', '--reporter=default', '--reporter=json', '--outputFile.json=test-results/unit.json']);
  // Skipped tests count as failed: there are none, unless somebody hides one.
  add(
    read('test-results/unit.json', (r) => ({ passed: r.numPassedTests, failed: r.numTotalTests - r.numPassedTests })),
    unit,
  );
  runPages('browser', '--grep-invert=@alone', '--workers=100%');
  runPages('browser-alone', '--grep=@alone');
} else {
  add({ passed: 0, failed: 1 }, built);
}
console.log(`${sums.passed} passed, ${sums.failed} failed`);
process.exitCode = sums.failed === 0 ? 0 : 1;
