/** Packages to classify: one by its name, or one by chance. Fetched when the first is asked for, and never indexed. */
import type { Corpus } from '../corpus/corpus.ts';
import { fetchPackages } from '../corpus/packages.ts';
import type { Package } from '../corpus/packages.ts';

export type PackagePicker = (name?: string) => Promise<Package | undefined>;

export function createPackagePicker(corpus: Corpus): PackagePicker {
  let packages: readonly Package[] = [];
  return async (name) => {
    if (packages.length === 0) packages = corpus.state.get().packages;
    if (packages.length === 0) packages = await fetchPackages();
    return name === undefined ? packages[Math.floor(Math.random() * packages.length)] : packages.find((entry) => entry.name === name);
  };
}
