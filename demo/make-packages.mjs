/**
 * SOURCE (a JSON list of {name, section, title, body}) in, OUT out: its first 1,000 entries.
 * node demo/make-packages.mjs SOURCE demo/public/packages.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [source, out] = process.argv.slice(2);
if (!source || !out) {
  console.error('usage: node make-packages.mjs SOURCE OUT');
  process.exit(2);
}

const packages = JSON.parse(readFileSync(source, 'utf8')).slice(0, 1000);
const kept = packages.map(({ name, section, title, body }) => ({ name, section, title, body }));
writeFileSync(out, `${JSON.stringify(kept, null, 2)}\n`);
console.log(`${out}: ${kept.length} packages`);
