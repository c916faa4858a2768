/** The linear head of models/heads/debian-sections on the held-out packages whose section is one of its labels, beside what Python measured. */
import { readFileSync } from 'node:fs';
import { inSlices } from './in-slices.mjs';
import { HELD_OUT, packages, textOf } from './packages.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

export async function head(open) {
  const { labels } = read('models/heads/debian-sections/head.json');
  const { held_out: python } = read('e2e/oracle/fixtures/section-head.json');
  const kept = packages.slice(HELD_OUT).filter(({ section }) => labels.includes(section));

  const llm = await open('all-MiniLM-L6-v2', { heads: { sections: 'heads/debian-sections' } });
  const classify = (some) => llm.classify(some.map(textOf), { head: 'sections', truncatePromptTokens: -1 });
  const predicted = (await inSlices('packages', kept, classify)).map(({ outputs }) => outputs.label);
  await llm.dispose();

  const right = kept.filter(({ section }, i) => predicted[i] === section).length;
  const ours = {
    right,
    of: kept.length,
    macro_f1: macroF1(
      labels,
      predicted,
      kept.map(({ section }) => section),
    ),
  };
  const rows = [
    row('always the largest section', python.largest_class),
    row('Python, fp32 weights of the encoder', python.fp32),
    row('Python, int8 weights of the encoder', python.int8),
    row('rockpool, int8 weights of the encoder', ours),
  ];
  const title = `Section of ${kept.length} held-out packages, ${labels.length} sections`;
  return { title, head: ['who', 'accuracy', 'right', 'macro-F1'], rows };
}

function row(who, { right, of, macro_f1: macroF1 }) {
  return { cells: [who, (right / of).toFixed(4), `${right} of ${of}`, macroF1.toFixed(4)], right, of, macroF1 };
}

/** Each label's F1, averaged. As scikit-learn has it: over labels that are wanted or predicted, 0 where nothing is right. */
function macroF1(labels, predicted, wanted) {
  const scores = labels.flatMap((label) => {
    const hits = wanted.filter((section, i) => section === label && predicted[i] === label).length;
    const [wants, guesses] = [wanted, predicted].map((list) => list.filter((one) => one === label).length);
    return wants + guesses === 0 ? [] : [(2 * hits) / (wants + guesses)];
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
