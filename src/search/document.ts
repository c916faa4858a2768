/** What a caller or a file gives as a document -> one that can be kept, or an error that says what is wrong with it. */
import { PoolingError, shown } from '../errors.ts';
import type { Metadata, SearchDocument } from './search-types.ts';

const KEYS = ['id', 'text', 'title', 'metadata'];

/** A copy, without what is undefined. */
export function asDocument(given: unknown): SearchDocument {
  const document = (given ?? {}) as Record<string, unknown>;
  const { id, text, title, metadata } = document;
  if (typeof id !== 'string' || id === '') throw invalid(`A document needs an id that is a text, got ${shown(id)}.`);
  if (typeof text !== 'string') throw invalid(`The document "${id}" needs a text, got ${shown(text)}.`);
  if (title !== undefined && typeof title !== 'string') throw invalid(`The title of "${id}" must be a text.`);
  const unknown = Object.keys(document).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`The document "${id}" has "${unknown}", which is no part of one: put it into \`metadata\`.`);
  return { id, text, ...(title !== undefined && { title }), ...(metadata !== undefined && { metadata: asMetadata(id, metadata) }) };
}

function asMetadata(id: string, metadata: unknown): Metadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw invalid(`The metadata of "${id}" must be an object.`);
  const entries = Object.entries(metadata).filter(([, value]) => value !== undefined);
  for (const [key, value] of entries) {
    const plain = value === null || typeof value === 'boolean' || isScalar(value) || (Array.isArray(value) && value.every(isScalar));
    if (!plain)
      throw invalid(
        `"${key}" in the metadata of "${id}" must be a text, a finite number, true, false, null, or a list of texts and numbers.`,
      );
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, Array.isArray(value) ? [...value] : value])) as Metadata;
}

/** Whether nothing would change if one took the other's place. */
export function isSameDocument(a: SearchDocument, b: SearchDocument): boolean {
  return a.id === b.id && a.text === b.text && a.title === b.title && canonical(a.metadata) === canonical(b.metadata);
}

const canonical = (metadata: Metadata = {}) => JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));

const isScalar = (value: unknown) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
const invalid = (message: string) => new PoolingError('invalid-input', message);
