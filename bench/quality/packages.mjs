/** The 5,200 Debian packages of bench/data. Nothing was trained on those from HELD_OUT on. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const HELD_OUT = 4_400;

export const packages = JSON.parse(gunzipSync(readFileSync(new URL('../data/debian-packages.json.gz', import.meta.url))).toString('utf8'));

/** As the demo embeds a package, and as the head in models/heads was trained. */
export const textOf = ({ title, body }) => `${title}. ${body}`;
