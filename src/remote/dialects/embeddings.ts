/** POST …/embeddings, as OpenAI has it, and the same fields wherever it is copied. */
import type { Input, Item } from '../dialect.ts';
import { byIndex, fieldsOf, vectorOf } from '../read-answer.ts';

/** base64: a third of the bytes, and exactly the server's float32. A server that answers lists of numbers all the same is understood. */
export function embeddingsBody(model: string, input: readonly Input[], dimensions: number | null | undefined): object {
  return { model, input, encoding_format: 'base64', ...((dimensions ?? null) !== null && { dimensions }) };
}

export function readEmbeddings(answer: unknown, count: number): Item[] {
  return byIndex(fieldsOf(answer, 'the answer')['data'], count, 'embeddings').map(({ embedding }) => {
    const data = vectorOf(embedding, 'an embedding');
    return { data, shape: [1, data.length] };
  });
}
