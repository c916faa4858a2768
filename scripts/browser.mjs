/** Finds a Chromium for the tests and the bench, and installs one if there is none. Says what it does. */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';

const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const which = (name) => {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
};

/** Path of a Chromium, Chrome or Playwright's own; undefined if there is none. */
export const presentBrowser = () =>
  [process.env.CHROMIUM, which('chromium'), which('google-chrome'), chromium.executablePath()].find((path) => path && existsSync(path));

/** The same, after installing one if need be. */
export function findBrowser() {
  const present = presentBrowser();
  if (present) return present;
  console.log('No Chromium here. Installing Playwright’s own …');
  try {
    run('npx', 'playwright', 'install', '--with-deps', 'chromium');
  } catch {
    console.log('That cannot be had here. Installing Debian’s chromium …');
    const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
    const [command, ...first] = [...sudo, 'apt-get'];
    run(command, ...first, 'update');
    run(command, ...first, 'install', '-y', '--no-install-recommends', 'chromium');
  }
  const installed = presentBrowser();
  if (!installed) throw new Error('No Chromium could be installed. Install one and set CHROMIUM to its path.');
  return installed;
}

/**
 * Where there is no GPU, the WebGPU bindings for Node use the software Vulkan that every Chromium brings along. Variables that are set stay.
 */
export function vulkanOf(browser) {
  const folders = [dirname(realpathSync(browser)), '/usr/lib/chromium', '/opt/google/chrome'];
  const folder = folders.find((candidate) => existsSync(join(candidate, 'vk_swiftshader_icd.json')));
  if (!folder || process.env.VK_ICD_FILENAMES) return {};
  return {
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
  };
}
