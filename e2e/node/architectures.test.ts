/** rockpool/edge in Node against Sentence-Transformers, CrossEncoder and transformers: every architecture, every task, every committed case. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/edge';
import { answer, byLoad, errorsOf, type ArchitectureCase, type ArchitectureFixture } from '../oracle/architectures.ts';

const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'e2e/oracle/fixtures/architectures');
const names = readdirSync(fixtures).filter((file) => file.endsWith('.json'));

/** A model's folder with some of its files replaced. */
const folder = (model: string, files: Record<string, string>) => async (path: string) => {
  if (Object.hasOwn(files, path)) return new Response(files[path]);
  const file = join(root, 'e2e/models', model, path);
  return existsSync(file) ? new Response(readFileSync(file)) : null;
};

const title = (group: ArchitectureCase[]) => JSON.stringify(group[0]!.load ?? {}).slice(0, 120);

describe.each(names)('%s', (name) => {
  const { model, cases } = JSON.parse(readFileSync(join(fixtures, name), 'utf8')) as ArchitectureFixture;

  test.each(byLoad(cases).map((group) => [title(group), group] as const))(
    'gives the values of the reference with %s',
    { timeout: 120_000 },
    async (_, group) => {
      const { files = {}, ...options } = group[0]!.load ?? {};
      const llm = await LLM.load(folder(model, files), { ...options, onLog: () => {} });
      const worst = { vectors: 0, scores: 0 };
      for (const one of group) {
        const { vectors, scores, exact } = errorsOf(await answer(llm, one), one);
        expect(exact, one.id).toEqual([]);
        expect(vectors, one.id).toBeLessThanOrEqual(1e-5);
        expect(scores, one.id).toBeLessThanOrEqual(1e-4);
        worst.vectors = Math.max(worst.vectors, vectors);
        worst.scores = Math.max(worst.scores, scores);
      }
      await llm.dispose();
      console.log(
        `${model}: ${group.length} cases, worst cosine 1 - ${worst.vectors.toExponential(1)}, worst score off by ${worst.scores.toExponential(1)}`,
      );
    },
  );
});
