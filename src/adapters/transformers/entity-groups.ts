/** Tokens with classes -> entities: those that follow each other with one tag, parted where B- and S- open or E- and S- close. */
import type { FoundEntity, FoundToken, Wordless } from './token-classification.ts';

/** As transformers.js' `simple`: tokens that were left out between two do not part them. */
export function groupsOf(tokens: readonly Wordless<FoundToken>[]): Wordless<FoundEntity>[] {
  const groups: { tag: string; tokens: Wordless<FoundToken>[] }[] = [];
  let open: string | null = null;
  for (const token of tokens) {
    const [, prefix, tag] = /^(?:([BIES])-)?(.*)$/s.exec(token.entity) as unknown as [string, string | undefined, string];
    const goesOn: boolean = tag === open && prefix !== 'B' && prefix !== 'S';
    if (goesOn) groups.at(-1)!.tokens.push(token);
    else groups.push({ tag, tokens: [token] });
    open = prefix === 'S' || (goesOn && prefix === 'E') ? null : tag;
  }
  return groups.map(({ tag, tokens: parts }) => {
    const [{ start }, { end }] = [parts[0]!, parts.at(-1)!];
    return {
      entity_group: tag,
      score: parts.reduce((sum, { score }) => sum + score, 0) / parts.length,
      ids: parts.flatMap(({ ids }) => ids),
      ...(start !== undefined && { start, end: end! }),
    };
  });
}
