/** What a caller or a file gives as a document -> one that can be kept, or an error that says what is wrong with it. */
import { PoolingError, shown } from '../errors.ts';
import { givenVector } from './given-vector.ts';
import type { Metadata, SearchDocument } from './search-types.ts';

const KEYS = ['id', 'text', 'title', 'metadata'];
/** Of what a caller gives: it is not stored. */
export const GIVEN = [...KEYS, 'embedding'];

/** A copy, without what is undefined. */
export function asDocument(given: unknown, keys: readonly string[] = KEYS): SearchDocument {
  const document = (given ?? {}) as Record<string, unknown>;
  const { id, text, title, metadata } = document;
  if (typeof id !== 'string' || id === '') throw invalid(`A document needs an id that is a text, got ${shown(id)}.`);
  if (typeof text !== 'string') throw invalid(`The document "${id}" needs a text, got ${shown(text)}.`);
  if (title !== undefined && typeof title !== 'string') throw invalid(`The title of "${id}" must be a text.`);
  const unknown = Object.keys(document).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(`The document "${id}" has "${unknown}", which is no part of one: put it into \`metadata\`.`);
  return { id, text, ...(title !== undefined && { title }), ...(metadata !== undefined && { metadata: asMetadata(id, metadata) }) };
}

/** The same with a vector, if there is one. `canary`: any vector of the model's; of as many values it must be, and is of unit length if that is. */
export function asGivenDocument(given: unknown, canary: Float32Array): SearchDocument {
  const document = asDocument(given, GIVEN);
  const { embedding } = given as SearchDocument;
  if (embedding === undefined) return document;
  return { ...document, embedding: givenVector(embedding, canary, `The embedding of "${document.id}"`) };
}

function asMetadata(id: string, metadata: unknown): Metadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw invalid(`The metadata of "${id}" must be an object.`);
  const entries = Object.entries(metadata).filter(([, value]) => value !== undefined);
  for (const [key, value] of entries) {
    const plain = value === null || isScalar(value) || (Array.isArray(value) && value.every(isScalar));
    if (!plain)
      throw invalid(`"${key}" in the metadata of "${id}" must be a text, a finite number, true, false, null, or a list of those but null.`);
  }
  return copyOfMetadata(Object.fromEntries(entries) as Metadata);
}

export function copyOf({ metadata, ...document }: SearchDocument): SearchDocument {
  return { ...document, ...(metadata && { metadata: copyOfMetadata(metadata) }) };
}

/** For a caller to write to. */
export function copyOfMetadata(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, Array.isArray(value) ? [...(value as unknown[])] : value]),
  ) as Metadata;
}

/** A text is iterable too, and would be taken letter by letter. The caller's own may change while it is worked on. */
export function asList<T>(list: readonly T[], what: string): T[] {
  if (!Array.isArray(list)) throw invalid(`Expected a list of ${what}, got ${shown(list)}.`);
  return [...(list as readonly T[])];
}

/** Whether nothing would change if one took the other's place. */
export function isSameDocument(a: SearchDocument, b: SearchDocument): boolean {
  return a.id === b.id && a.text === b.text && a.title === b.title && canonical(a.metadata) === canonical(b.metadata);
}

const canonical = (metadata: Metadata = {}) => JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));

const isScalar = (value: unknown) =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
const invalid = (message: string) => new PoolingError('invalid-input', message);
