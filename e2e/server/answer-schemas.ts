/** An answer and what /openapi.json says of its route -> how they differ. What it does not name may not be there either. */
import type { Validator } from '@cfworker/json-schema';
import { openApi } from '../../src/server/openapi.ts';
import { validator } from './openapi-check.ts';

const document = openApi(null);
const validators = new Map<string, Validator | null>();

/** Empty for a path that answers no JSON of its own. */
export function answerProblems(path: string, method: string, answer: unknown): string[] {
  const route = `${method} ${path}`;
  if (!validators.has(route)) validators.set(route, validatorOf(path, method.toLowerCase()));
  const errors = validators.get(route)?.validate(answer).errors ?? [];
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function validatorOf(path: string, method: string): Validator | null {
  const response = document.paths[path]?.[method]?.responses['200'] as { content?: { 'application/json': { schema: object } } } | undefined;
  const schema = response?.content?.['application/json'].schema;
  return schema ? validator(closed(schema) as object, document) : null;
}

/** With no properties but those that are named, unless it says that there are others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner && !('additionalProperties' in inner) ? { ...inner, additionalProperties: false } : inner;
}
