/** Names of models in answers: what is the same, what is warned of, what is refused. */
import { describe, expect, test } from 'vitest';
import { AnsweringModel, isSameName, modelIn } from './answering-model.ts';

function listening(asked: string | null) {
  const warned: string[] = [];
  const names = new AnsweringModel(asked, 'The server', (message) => warned.push(message));
  const answer = (model: unknown, path = '/v1/embeddings') => {
    const name = modelIn({ model });
    names.check(path, name);
    names.keep(path, name);
  };
  return { warned, names, answer };
}

test.each([
  ['m', 'm', true],
  ['sentence-transformers/all-MiniLM-L6-v2', 'All-minilm-L6-v2', true],
  ['/data/models/bge/', 'BAAI/bge', true],
  ['nomic-embed-text', 'nomic-embed-text:latest', true],
  ['nomic-embed-text:v1', 'nomic-embed-text:v1.5', false],
  ['bge-small-en', 'bge-small-en-v1.5', false],
  ['text-embedding-3-small', 'text-embedding-3-large', false],
])('%s and %s are one: %s', (a, b, expected) => expect(isSameName(a, b)).toBe(expected));

describe('another model', () => {
  test('than was asked for is told once', () => {
    const { warned, answer } = listening('org/asked');
    answer('asked');
    expect(warned).toEqual([]);
    const other = listening('org/asked');
    other.answer('alias');
    other.answer('alias');
    expect(other.warned).toEqual([
      'The server was asked for the model "org/asked" and answers with "alias". Check that this is the same one.',
    ]);
  });

  test('than before is an error, each time, and the first is still taken', () => {
    const { answer } = listening(null);
    answer('a');
    for (let i = 0; i < 2; i++) {
      expect(() => answer('b')).toThrow(
        expect.objectContaining({ code: 'server-error', message: expect.stringContaining('the model "b", and with "a" before') }),
      );
    }
    answer('org/a');
    answer('reranker', '/v1/rerank');
  });

  test('than before is nothing where that answer was not right, and an error within one call', () => {
    const { names, warned } = listening('b');
    names.check('/v1/embeddings', 'starting');
    names.check('/v1/embeddings', 'b');
    expect(() => names.check('/v1/embeddings', 'b', 'starting')).toThrow(/"b", and with "starting" before/);
    expect(warned).toEqual([]);
  });

  test('cannot be told where none is named, and nobody named one', () => {
    const { warned, answer } = listening(null);
    for (const model of [undefined, '', 7, null, 'a']) answer(model);
    expect(modelIn([[1, 2]])).toBeNull();
    expect(warned).toEqual([]);
  });

  test('with a name without an end is told by its beginning', () => {
    const { warned, answer } = listening('m');
    answer('x'.repeat(100_000));
    expect(warned[0]!.length).toBeLessThan(400);
  });
});
