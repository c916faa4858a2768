/**
 * An OpenAPI 3.1 document -> what is wrong with it: its parts, its schemas, the references in them, and whether each example is what its
 * schema allows.
 */
import { Validator, type Schema as JsonSchema } from '@cfworker/json-schema';

interface Schema {
  [keyword: string]: unknown;
}
interface Media {
  schema?: Schema;
  example?: unknown;
}
interface Operation {
  summary?: string;
  requestBody?: { content: Record<string, Media> };
  responses?: Record<string, { description?: string; content?: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const KEYWORDS =
  '$ref type properties required additionalProperties propertyNames items anyOf oneOf allOf enum const default minimum maximum title description'.split(
    ' ',
  );

/** `routes`: methods by path, all that there are. */
export function openApiProblems(value: unknown, routes: Readonly<Record<string, readonly string[]>>): string[] {
  const document = value as Document;
  const problems: string[] = [];
  if (!/^3\.1\.\d+$/.test(document.openapi)) problems.push(`openapi is ${document.openapi}`);
  if (!document.info?.title || !document.info.version) problems.push('info lacks its title or version');
  const described = Object.entries(document.paths).map(([path, methods]) => `${path}: ${Object.keys(methods).sort().join()}`);
  const wanted = Object.entries(routes).map(([path, methods]) => `${path}: ${[...methods].sort().join()}`);
  for (const one of wanted) if (!described.includes(one)) problems.push(`lacks ${one}`);
  for (const one of described) if (!wanted.includes(one)) problems.push(`has ${one}, which there is not`);
  for (const schema of Object.values(document.components?.schemas ?? {})) problems.push(...schemaProblems(schema, document));
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      problems.push(...operationProblems(operation, method, document).map((why) => `${method} ${path}: ${why}`));
    }
  }
  return problems;
}

function operationProblems({ summary, requestBody, responses = {} }: Operation, method: string, document: Document): string[] {
  const problems: string[] = [];
  if (!summary) problems.push('has no summary');
  if (!responses['200'] || Object.values(responses).some(({ description }) => !description))
    problems.push('lacks a response, or its description');
  if (method === 'get' && requestBody) problems.push('has a body');
  const contents = [requestBody, ...Object.values(responses)].flatMap((one) => Object.values(one?.content ?? {}));
  for (const { schema = {}, example } of contents) {
    problems.push(...schemaProblems(schema, document));
    if (example !== undefined && !validator(schema, document).validate(example).valid)
      problems.push(`its example ${JSON.stringify(example)} is not what its schema allows`);
  }
  return problems;
}

/** Its references are to the document's parts. */
export function validator(schema: object, { components }: { components?: object }): Validator {
  return new Validator({ ...schema, components } as JsonSchema, '2020-12', false);
}

function schemaProblems(schema: Schema, document: Document): string[] {
  const problems = Object.keys(schema)
    .filter((keyword) => !KEYWORDS.includes(keyword))
    .map((keyword) => `the keyword ${keyword}`);
  const types = [schema['type'] ?? []].flat() as string[];
  if (!types.every((type) => TYPES.includes(type))) problems.push(`the type ${types.join()}`);
  if (schema['$ref'] !== undefined && !resolve(schema, document)) problems.push(`nothing is at ${String(schema['$ref'])}`);
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  for (const name of (schema['required'] ?? []) as string[])
    if (!(name in properties)) problems.push(`${name} is required, and there is no such property`);
  const inner = [
    Object.values(properties),
    schema['items'],
    schema['additionalProperties'],
    schema['anyOf'],
    schema['oneOf'],
    schema['allOf'],
  ];
  for (const one of inner.flat()) if (typeof one === 'object' && one !== null) problems.push(...schemaProblems(one as Schema, document));
  return problems;
}

function resolve(schema: Schema, document: Document): Schema | undefined {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema['$ref']))?.[1];
  return name === undefined ? undefined : document.components?.schemas?.[name];
}
