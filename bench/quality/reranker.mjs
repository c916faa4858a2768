/**
 * 200 held-out titles (the first of them) look for their bodies among the 800 held out: the best 20 by embeddings, as they are and re-ordered by the
 * cross-encoder, which reads 96 tokens of each pair with the description cut first, as it was trained.
 */
import { inSlices } from './in-slices.mjs';
import { HELD_OUT, packages } from './packages.mjs';
import { bestOf, byDotProduct, flat, placeOf } from './vectors.mjs';

const QUERIES = 200;
const CANDIDATES = 20;
const PAIR_TOKENS = 96;

/** `encoderTokens`: where the encoder's texts are cut; unset, at what it reads. */
export async function reranker(open, { encoderTokens }) {
  const pool = packages.slice(HELD_OUT);
  const titles = pool.slice(0, QUERIES).map(({ title }) => title);
  const bodies = pool.map(({ body }) => body);
  const found = await candidates(open, titles, bodies, Number(encoderTokens ?? -1));

  const llm = await open('debian-reranker');
  // A limit for the document makes it the one that gives way; it never has more tokens than the pair.
  const options = { truncatePromptTokens: PAIR_TOKENS, maxTokensPerDoc: PAIR_TOKENS };
  const rerank = async ([{ own, best }]) => {
    const results = await llm.rerank(
      titles[own],
      best.map((index) => bodies[index]),
      options,
    );
    return [1 + results.findIndex(({ index }) => best[index] === own) || Infinity];
  };
  const reranked = await inSlices(`queries of ${CANDIDATES} pairs`, found, rerank, 1);
  await llm.dispose();

  const alone = found.map(({ place }) => place);
  const rows = [row('all-MiniLM-L6-v2 alone', alone), row('its best 20 re-ordered by debian-reranker', reranked)];
  return { title: `${QUERIES} titles, ${bodies.length} bodies`, head: ['order', 'accuracy@1', 'MRR@20', 'body among the 20'], rows };
}

async function candidates(open, titles, bodies, truncatePromptTokens) {
  const llm = await open('all-MiniLM-L6-v2');
  const embed = async (texts) => (await llm.embed(texts, { truncatePromptTokens })).map(({ outputs }) => outputs.embedding);
  const score = byDotProduct(
    flat(await inSlices('titles', titles, embed)),
    flat(await inSlices('bodies', bodies, embed)),
    llm.info.hidden_size,
  );
  await llm.dispose();
  const scores = new Float32Array(bodies.length);
  return titles.map((_, own) => {
    score(own, scores);
    return { own, place: placeOf(own, scores), best: bestOf(scores, CANDIDATES) };
  });
}

/** A body that is not among the candidates counts 0: there is nothing to re-order it from. */
function row(order, places) {
  const mean = (value) => places.reduce((sum, place) => sum + value(place), 0) / places.length;
  const accuracy = mean((place) => Number(place === 1));
  const mrr = mean((place) => (place <= CANDIDATES ? 1 / place : 0));
  const among = mean((place) => Number(place <= CANDIDATES));
  return { cells: [order, accuracy.toFixed(3), mrr.toFixed(3), among.toFixed(3)], accuracy, mrr, among };
}
