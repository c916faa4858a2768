/** The code of an example in, a whole program to paste into a project out. */
import { modelCards, sectionsHead } from '../model/model-cards.ts';

export function programOf(code: string): string {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const { embedder, reranker } = modelCards;
  const lines = [
    uses('OpenAI') && "import OpenAI from 'openai';",
    "import { LLM } from 'rockpool';",
    '',
    uses('llm') && `const llm = await LLM.load('${embedder.path}', { heads: { '${sectionsHead}': '${embedder.heads[sectionsHead]}' } });`,
    uses('reranker') && `const reranker = await LLM.load('${reranker.path}');`,
    'const show = console.log;',
    '',
    code,
  ];
  return lines.filter((line) => line !== false).join('\n');
}
