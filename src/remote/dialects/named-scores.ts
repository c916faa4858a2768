/** Classes with their names, sorted by probability, as TEI and Infinity answer -> columns in one order for all texts. */
import type { Item } from '../dialect.ts';
import { fieldsOf, listOf, numberOf, wrong } from '../read-answer.ts';

/** LABEL_2 before LABEL_10. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** `labels`: the model's own order. Null: the server does not say it, and the names are put in order. */
export function readNamedScores(answer: unknown, count: number, labels: readonly string[] | null): Item[] {
  const texts = listOf(answer, count, 'lists of classes').map((classes) => {
    if (!Array.isArray(classes) || classes.length === 0) throw wrong('no list of classes for a text');
    const scores = new Map<string, number>();
    for (const one of classes) {
      const { label, score } = fieldsOf(one, 'a class');
      if (typeof label !== 'string') throw wrong('a class without a name');
      if (scores.has(label)) throw wrong(`the class ${JSON.stringify(label)} twice`);
      scores.set(label, numberOf(score, `the score of ${JSON.stringify(label)}`));
    }
    return scores;
  });
  const names = labels ?? [...(texts[0]?.keys() ?? [])].sort(byName);
  return texts.map((scores) => {
    if (scores.size !== names.length) throw wrong(`${scores.size} classes where ${names.length} are expected`);
    const data = Float32Array.from(names, (name) => {
      if (!scores.has(name)) throw wrong(`no score of the class ${JSON.stringify(name)}`);
      return scores.get(name)!;
    });
    return { data, shape: [1, names.length], labels: names };
  });
}
