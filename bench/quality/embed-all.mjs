/** An LLM -> the vectors of all titles and of all bodies, each a flat array, row after row. */
import { inSlices } from './in-slices.mjs';
import { packages } from './packages.mjs';
import { flat } from './vectors.mjs';

export async function embedAll(llm) {
  const embed = async (texts) => (await llm.embed(texts, { truncatePromptTokens: -1 })).map(({ outputs }) => outputs.embedding);
  const titles = await inSlices(
    'titles',
    packages.map(({ title }) => title),
    embed,
  );
  const bodies = await inSlices(
    'bodies',
    packages.map(({ body }) => body),
    embed,
  );
  return { titles: flat(titles), bodies: flat(bodies), width: llm.info.hidden_size };
}
