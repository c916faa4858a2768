/** The routes and their schemas -> the API as an OpenAPI 3.1 document. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { informationAnswers, informationRoutes, modelRoutes, type ModelRoute } from './routes/table.ts';
import type { BodySchema } from './validation.ts';
import { VERSION } from './version.ts';

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  security?: object[];
  components: object;
}

export interface Operation {
  summary: string;
  requestBody?: { required: true; content: { 'application/json': { schema: object; example: object } } };
  responses: Record<string, object>;
  /** Empty: without a key, whatever the others ask for. */
  security?: object[];
}

const error = { $ref: '#/components/schemas/Error' };

/** `open`: the routes that a server with keys answers without one. Null: it has no keys. */
export function openApi(open: readonly string[] | null): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const route of modelRoutes) for (const path of route.paths) paths[path] = { post: operation(route) };
  for (const path of Object.keys(informationRoutes) as (keyof typeof informationRoutes)[]) {
    const summary = informationRoutes[path];
    const answers = informationAnswers[path];
    const responses = { 200: { description: summary, ...(answers && { content: json(jsonSchema(answers, 'output')) }) } };
    const operation = { summary, responses, ...(open?.includes(path) && { security: [] }) };
    paths[path] = { get: operation, ...(path === '/ping' && { post: operation }) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'rockpool', version: VERSION, description: 'vLLM’s pooling models: OpenAI’s, vLLM’s, Cohere’s and Jina’s requests.' },
    paths,
    ...(open && { security: [{ bearer: [] }] }),
    components: { schemas: { Error: errorSchema }, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation({ schema, summary, answers, example }: ModelRoute): Operation {
  const request = { 'application/json': { schema: jsonSchema(schema, 'input'), example } };
  const bytes = 'encoding_format' in schema.entries && { 'application/octet-stream': {} };
  const answered = { description: summary, content: { ...json(jsonSchema(answers, 'output')), ...bytes } };
  const refused = { description: 'Why not', content: json(error) };
  return { summary, requestBody: { required: true, content: request }, responses: { 200: answered, default: refused } };
}

const json = (schema: object) => ({ 'application/json': { schema } });

function jsonSchema(schema: BodySchema, typeMode: 'input' | 'output'): object {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    errorMode: 'ignore',
    typeMode,
    // The one kind that we have made ourselves.
    overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'custom' ? { type: 'object' } : undefined),
  });
  return rest;
}

const detail = {
  message: { type: 'string' },
  type: { type: 'string' },
  param: { type: ['string', 'null'] },
  code: { type: 'integer' },
};
const errorSchema = {
  type: 'object',
  properties: { object: { const: 'error' }, ...detail, error: { type: 'object', properties: detail } },
};
