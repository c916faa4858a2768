/** Modules of bundles -> the licences of the packages that they are from, which have to go along with every copy. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of packages whose tarball holds no licence: NAME.txt. */
const missing = fileURLToPath(new URL('licences/', import.meta.url));

/**
 * @param {Iterable<string>} modules Their paths.
 * @returns {Promise<string>} Throws where a package has no text of its licence.
 */
export async function noticesOf(modules) {
  const folders = new Set([...modules].flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id) ?? []));
  const notices = new Set(await Promise.all([...folders].map(noticeOf)));
  return ['The files of this folder hold code of these packages, under their licences.\n', ...[...notices].sort()].join(
    `\n${'='.repeat(80)}\n\n`,
  );
}

/** @param {string} folder */
async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const paths = files.length > 0 ? files.map((file) => join(folder, file)) : [join(missing, `${name}.txt`)];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8'))).catch((cause) => {
    throw new Error(`${name} is bundled, and holds no text of its licence: put it into scripts/licences/${name}.txt.`, { cause });
  });
  return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}
