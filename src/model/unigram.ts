/**
 * A Unigram model's text -> its best tokens, by the same sums and with the same ties as the package's lattice, which makes several objects for
 * each character: a few million of them without a space end the realm. Here a character costs twelve bytes.
 */
interface Node {
  children: ReadonlyMap<string, Node>;
  is_leaf: boolean;
  /** Kept here when it was first looked for. */
  score?: number;
}

/** What is used of the package's class, whose types do not show it. */
interface UnigramModel {
  trie: { root: Node };
  scores: readonly number[];
  unk_score: number;
  tokens_to_ids: ReadonlyMap<string, number>;
  encode(pieces: string[]): string[];
}

/** Does nothing to another model. */
export function useViterbi(model: object | null): void {
  if (model === null || !('trie' in model && 'unk_score' in model && 'scores' in model)) return;
  const unigram = model as UnigramModel;
  unigram.encode = (pieces) => {
    const tokens: string[] = [];
    for (const piece of pieces) for (const token of bestTokens(piece, unigram)) tokens.push(token);
    return tokens;
  };
}

function bestTokens(text: string, { trie, scores, unk_score, tokens_to_ids }: UnigramModel): string[] {
  const chars = Array.from(text);
  /** Of the best way to each place, and the length of its last token. 0: nobody has come there. */
  const best = new Float64Array(chars.length + 1);
  const lengths = new Int32Array(chars.length + 1);
  // Of equal ways the first is kept: the one whose last token is longer.
  const arrive = (from: number, to: number, score: number) => {
    if (lengths[to] !== 0 && best[from]! + score <= best[to]!) return;
    best[to] = best[from]! + score;
    lengths[to] = to - from;
  };
  for (let from = 0; from < chars.length; from++) {
    let node: Node | undefined = trie.root;
    let isKnown = false;
    for (let to = from; to < chars.length && (node = node.children.get(chars[to]!)); to++) {
      if (!node.is_leaf) continue;
      node.score ??= scores[tokens_to_ids.get(chars.slice(from, to + 1).join(''))!]!;
      arrive(from, to + 1, node.score);
      isKnown ||= to === from;
    }
    if (!isKnown) arrive(from, from + 1, unk_score);
  }
  const tokens: string[] = [];
  for (let to = chars.length; to > 0; to -= lengths[to]!) tokens.push(chars.slice(to - lengths[to]!, to).join(''));
  return tokens.reverse();
}
