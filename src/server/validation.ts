/** A body and the schema of its route -> its fields, or an error in the words of vLLM's validation, which are pydantic's. */
import * as v from 'valibot';
import { HttpError } from './http-error.ts';
import type { JsonBody } from './read-body.ts';

export type RequestSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** What a body is once its schema has read it. */
export type FieldsOf<Schema extends RequestSchema> = v.InferOutput<Schema>;

/** As vLLM bounds it. */
const MOST_ISSUES = 10;

export function fieldsOf<Schema extends RequestSchema>(schema: Schema, body: JsonBody): FieldsOf<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const { issues } = result;
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => `\n  ${describe(issue)}`);
  const message = `${issues.length} validation error${issues.length === 1 ? '' : 's'}:${lines.join('')}`;
  // A message that is not the library's is vLLM's text already.
  const own = issues.length === 1 && issues[0].type === 'union' && !issues[0].message.startsWith('Invalid') ? issues[0].message : message;
  throw new HttpError(400, 'Bad Request', own, { param: fieldOf(issues[0]) });
}

/** Ignored, as in vLLM, which logs a line. */
export function unknownFields({ entries }: RequestSchema, body: JsonBody): string[] {
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

const KINDS: Readonly<Record<string, readonly [type: string, msg: string]>> = {
  string: ['string_type', 'Input should be a valid string'],
  boolean: ['bool_type', 'Input should be a valid boolean'],
  number: ['int_type', 'Input should be a valid integer'],
  integer: ['int_from_float', 'Input should be a valid integer, got a number with a fractional part'],
  array: ['list_type', 'Input should be a valid list'],
  record: ['dict_type', 'Input should be a valid dictionary'],
};

function kindOf({ kind, type, received, requirement, message, expected }: Issue): readonly [type: string, msg: string] {
  if (type.endsWith('object'))
    return received === 'undefined' ? ['missing', 'Field required'] : ['dict_type', 'Input should be a valid dictionary'];
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

function inputOf({ received }: Issue): string {
  const text = received.length > 100 ? `${received.slice(0, 100)}…` : received;
  return text.startsWith('"') ? quoted(text.slice(1, text.endsWith('"') ? -1 : undefined)) : text;
}

/** Python's quotes. */
function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replace(/'/g, "\\'")}'`;
}
