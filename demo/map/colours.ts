/** Packages in; a colour for each of the largest sections, and one for all the others, out. Colour only helps: names say the same. */
import type { Package } from '../corpus/packages.ts';

const most = 8;

export interface Group {
  /** Null: every other section. */
  section: string | null;
  count: number;
  /** The custom property with its colour. */
  colour: string;
}

export interface Groups {
  all: readonly Group[];
  /** For each package the place in `all`. */
  of: Uint8Array;
}

export function groupsOf(packages: readonly Package[]): Groups {
  const counts = new Map<string, number>();
  for (const { section } of packages) counts.set(section, (counts.get(section) ?? 0) + 1);
  const largest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most);
  const rest = packages.length - largest.reduce((sum, [, count]) => sum + count, 0);
  const all: Group[] = largest.map(([section, count], i) => ({ section, count, colour: `--map-${i + 1}` }));
  if (rest > 0) all.push({ section: null, count: rest, colour: '--map-others' });
  const place = new Map(largest.map(([section], i) => [section, i]));
  return { all, of: Uint8Array.from(packages, ({ section }) => place.get(section) ?? largest.length) };
}
