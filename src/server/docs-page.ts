/** The OpenAPI document -> a page that shows it, with a line to paste for each route. One file and no script: it works offline and under any policy. */
import type { OpenApi, Operation } from './openapi.ts';

/** `origin`: where the server was reached. */
export function docsPage({ info, paths, security = [] }: OpenApi, origin: string): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method.toUpperCase(), origin + path, path, { security, ...operation })),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)} API</title>
<style>${STYLE}</style>
<main>
<h1>${escape(info.title)} <small>${escape(info.version)}</small></h1>
<p>${escape(info.description)} <a href="openapi.json">openapi.json</a></p>
${routes.join('\n')}
</main>
</html>
`;
}

function section(method: string, url: string, path: string, { summary, requestBody, security = [] }: Operation): string {
  const content = requestBody?.content['application/json'];
  const key = security.length > 0 ? ` \\\n  -H "Authorization: Bearer $ROCKPOOL_API_KEY"` : '';
  const example = content
    ? ` \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(content.example).replaceAll("'", String.raw`'\''`)}'`
    : '';
  const fields = Object.entries((content?.schema as { properties?: Record<string, object> } | undefined)?.properties ?? {});
  const rows = fields.map(
    ([name, schema]) => `<tr><th scope="row"><code>${escape(name)}</code></th><td>${escape(typeOf(schema))}</td></tr>`,
  );
  const table = rows.length > 0 ? `<table>${rows.join('')}</table>` : '';
  return `<details><summary><b>${method}</b> <code>${escape(path)}</code> ${escape(summary)}</summary>
<pre>curl ${!content && method !== 'GET' ? `-X ${method} ` : ''}${escape(url + key + example)}</pre>${table}</details>`;
}

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  default?: unknown;
}

function typeOf(schema: Schema): string {
  const byDefault = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
  return `${kindOf(schema)}${byDefault}`;
}

function kindOf({ type, enum: values, anyOf, items }: Schema): string {
  if (anyOf) return [...new Set(anyOf.map(kindOf))].join(' | ');
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (items) {
    const kind = kindOf(items);
    return `list of ${kind.includes(' | ') ? `(${kind})` : kind}`;
  }
  return typeof type === 'string' ? type : 'any';
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0}main{max-width:52rem;margin:2rem auto;padding:0 1rem}
small{font-weight:normal;opacity:.7}details{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.6rem 0}summary{cursor:pointer}
pre{overflow-x:auto;padding:.8rem;background:color-mix(in srgb,currentColor 7%,transparent);border-radius:.4rem}table{border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.15rem 1rem .15rem 0;font-weight:normal}th{white-space:nowrap}td{overflow-wrap:anywhere}`;
