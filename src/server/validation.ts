/** A body and the schema of its route -> its fields, or an error in the words of vLLM's validation, which are pydantic's. */
import * as v from 'valibot';
import { hasMore } from './check-counts.ts';
import { HttpError } from './http-error.ts';
import type { JsonBody } from './read-body.ts';

/** Of a request or an answer. */
export type BodySchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** What a body is once its schema has read it. */
export type FieldsOf<Schema extends BodySchema> = v.InferOutput<Schema>;

/** As vLLM bounds it. */
const MOST_ISSUES = 10;

/** Of these one mistake is told, the first. */
const MANY_VALUES = 10_000;

export function fieldsOf<Schema extends BodySchema>(schema: Schema, body: JsonBody): FieldsOf<Schema> {
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  // All that is wrong, unless that may be so much that to note it takes gigabytes.
  const issues = (hasMore(body, MANY_VALUES) ? null : v.safeParse(schema, body).issues) ?? result.issues;
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => `\n  ${describe(issue)}`);
  const message = `${issues.length} validation error${issues.length === 1 ? '' : 's'}:${lines.join('')}`;
  // A message that is not the library's is vLLM's text already.
  const own = issues.length === 1 && issues[0].type === 'union' && !issues[0].message.startsWith('Invalid') ? issues[0].message : message;
  throw new HttpError(400, 'Bad Request', own, { param: fieldOf(issues[0]) });
}

/** Ignored, as in vLLM, which logs a line. */
export function unknownFields({ entries }: BodySchema, body: JsonBody): string[] {
  return Object.keys(body).filter((name) => !Object.hasOwn(entries, name));
}

type Issue = v.BaseIssue<unknown>;

function fieldOf({ path }: Issue): string | null {
  const key = path?.[0]?.key;
  return key === undefined ? null : String(key);
}

/** One error as Python prints it. */
function describe(issue: Issue): string {
  const [type, msg] = kindOf(issue);
  const place = ['body', ...(issue.path ?? []).map(({ key }) => key)].map((key) =>
    typeof key === 'number' ? String(key) : quoted(String(key)),
  );
  return `{'type': '${type}', 'loc': (${place.join(', ')}), 'msg': ${quoted(msg)}, 'input': ${inputOf(issue)}}`;
}

const DICTIONARY = ['dict_type', 'Input should be a valid dictionary'] as const;

const KINDS: Readonly<Record<string, readonly [type: string, msg: string]>> = {
  string: ['string_type', 'Input should be a valid string'],
  boolean: ['bool_type', 'Input should be a valid boolean'],
  number: ['int_type', 'Input should be a valid integer'],
  integer: ['int_from_float', 'Input should be a valid integer, got a number with a fractional part'],
  array: ['list_type', 'Input should be a valid list'],
  custom: DICTIONARY,
};

function kindOf({ kind, type, received, requirement, message, expected }: Issue): readonly [type: string, msg: string] {
  if (type.endsWith('object')) return received === 'undefined' ? ['missing', 'Field required'] : DICTIONARY;
  if (type === 'picklist') return ['literal_error', `Input should be ${alternatives(expected ?? '')}`];
  if (kind === 'validation' && type === 'min_value')
    return ['greater_than_equal', `Input should be greater than or equal to ${String(requirement)}`];
  return KINDS[type] ?? ['value_error', message];
}

/** `("a" | "b")` -> `'a' or 'b'`. */
function alternatives(expected: string): string {
  const names = [...expected.matchAll(/"([^"]*)"/g)].map(([, name]) => `'${name}'`);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Of a field that is missing: what it is missing from. */
function inputOf({ input, path }: Issue): string {
  const text = python(input === undefined ? path?.at(-1)?.input : input, 3);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** A JSON value as Python prints it, and no more of it than can be shown. */
function python(value: unknown, depth: number): string {
  if (typeof value === 'string') return quoted(value.slice(0, 100));
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return String(value);
  if (value === null) return 'None';
  const isList = Array.isArray(value);
  const parts = Object.entries(isList ? value.slice(0, 50) : value).slice(0, 50);
  const shown = depth === 0 ? ['...'] : parts.map(([key, one]) => `${isList ? '' : `${quoted(key)}: `}${python(one, depth - 1)}`);
  return isList ? `[${shown.join(', ')}]` : `{${shown.join(', ')}}`;
}

/** Python's quotes. */
function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replace(/'/g, "\\'")}'`;
}
