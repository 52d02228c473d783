/** A schema of OpenAPI 3.0, as far as /docs-json uses it. */
interface Schema {
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
}

interface Described {
  description?: string;
  content?: Record<string, { schema?: Schema & { allOf?: Schema[] }; example?: unknown }>;
}

/** One operation of /docs-json. */
export interface Operation {
  operationId: string;
  responses: Record<string, Described>;
  parameters?: { name: string; in: string; schema?: Schema; example?: unknown }[];
  requestBody?: { content: Record<string, { schema?: Schema; example?: unknown }> };
}

/** Where a value is not what the schema says, fields that the schema does not know included; empty: it is. */
export function differences(schema: Schema, value: unknown, where = '$'): string[] {
  if (value === null) return schema.nullable || Object.keys(schema).length === 0 ? [] : [`${where}: null`];
  if (schema.anyOf) {
    const tries = schema.anyOf.map((one) => differences(one, value, where));
    return tries.some((found) => found.length === 0) ? [] : (tries.toSorted((a, b) => a.length - b.length)[0] ?? []);
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${where}: ${JSON.stringify(value)} is none of its values`];
  if (schema.type === 'array')
    return Array.isArray(value)
      ? value.flatMap((item, at) => differences(schema.items ?? {}, item, `${where}[${at}]`))
      : [`${where}: no array`];
  if (schema.type === 'object') return differencesOfObject(schema, value, where);
  const kind = schema.type === 'integer' ? 'number' : schema.type;
  return kind === undefined || typeof value === kind ? [] : [`${where}: ${typeof value} instead of ${kind}`];
}

function differencesOfObject(schema: Schema, value: unknown, where: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${where}: no object`];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${where}.${name}: missing`);
  const others = Object.entries(value).flatMap(([name, item]) => {
    const known = schema.properties?.[name];
    if (known) return differences(known, item, `${where}.${name}`);
    const more = schema.additionalProperties;
    if (typeof more === 'object') return differences(more, item, `${where}.${name}`);
    return more === true || (!schema.properties && more === undefined) ? [] : [`${where}.${name}: not described`];
  });
  return [...missing, ...others];
}

/** The same for an answer as it came: an empty list when /docs-json describes it, body, status and code alike. */
export function undescribed(operation: Operation, status: number, text: string): string[] {
  const response = operation.responses[String(status)];
  if (!response) return [`status ${status} is not described`];
  const content = response.content?.['application/json'];
  if (!content?.schema) return response.content || text === '' ? [] : [`a body with ${status}: ${text.slice(0, 100)}`];
  const value: unknown = JSON.parse(text);
  if (!content.schema.allOf) return differences(content.schema, value);
  const { error } = value as { error: { reason: string } };
  const reasons = content.schema.allOf?.[1]?.properties?.['error']?.properties?.['reason']?.enum ?? [];
  return reasons.includes(error.reason) ? [] : [`${status} ${error.reason} is not described`];
}

/** What the description of an operation should have, and has not; empty: nothing. */
export function lacking({ responses, parameters = [] }: Operation): string[] {
  const good = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
  return [
    ...(good.length === 0 ? ['no answer'] : []),
    ...good.flatMap(([status, answer]) => lackingInAnswer(answer).map((what) => `${status} ${what}`)),
    ...['400', '429', '500'].filter((status) => !responses[status]?.content).map((status) => `no codes of ${status}`),
    ...parameters
      .filter(({ schema }) => !schema?.type && !schema?.anyOf && !schema?.enum)
      .map(({ name }) => `parameter ${name} has no type`),
  ];
}

function lackingInAnswer({ description, content = {} }: Described): string[] {
  if (Object.keys(content).length === 0)
    return description ? [] : ['neither body nor words (npm run generate:answers makes them)'];
  return Object.values(content).flatMap(({ schema, example }) =>
    schema && !('format' in schema) ? differences(schema, example) : [],
  );
}
