import type { Type } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { answers, errorCodes } from './generated/answers.js';
import { exampleOf, type ExampleSchema } from './examples.js';
import { bodyOf, queryOf, type InputSchema } from './route-input.js';

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;
type ParameterObject = Extract<NonNullable<OperationObject['parameters']>[number], { in: string }>;
type SchemaObject = Exclude<NonNullable<ParameterObject['schema']>, { $ref: string }>;
type ResponseObject = Exclude<NonNullable<OperationObject['responses'][string]>, { $ref: string }>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;
/** Ends any request: of the framework, of admission, of a node that is about to stop. */
const ALWAYS = ['ERR_BAD_REQUEST', 'ERR_TOO_MANY_REQUESTS', 'ERR_INTERNAL_SERVER', 'ERR_UNAVAILABLE'];
/** Only where a key is asked for. */
const WITH_KEY = [
  'ERR_AUTH_MISSING',
  'ERR_AUTH_MISSING_BEARER',
  'ERR_INVALID_TOKEN',
  'ERR_TOKEN_EXPIRED',
  'ERR_NOT_AUTHORIZED',
  'ERR_DATABASE_UNAVAILABLE',
];
/** Only where JSON is read. */
const WITH_BODY = ['ERR_INVALID_INPUT', 'ERR_CONTENT_SIZE_OVER_LIMIT', 'ERR_UNSUPPORTED_CONTENT_TYPE'];

/** Codes that the framework raises (error-answer.ts), and what they mean; others are read off their classes. */
const FRAMEWORK: Record<string, { status: number; about: string }> = {
  ERR_BAD_REQUEST: {
    status: 400,
    about: 'The request cannot be read: no HTTP, no JSON, a path that cannot be decoded.',
  },
  ERR_TOO_MANY_REQUESTS: {
    status: 429,
    about: 'More requests than the rate allows; `Retry-After` says when to come again.',
  },
  ERR_INTERNAL_SERVER: {
    status: 500,
    about: 'A failure that was not foreseen; the answer names the request, our log the cause.',
  },
  ERR_UNAVAILABLE: { status: 503, about: 'This node is stopping, or does not know that it alone writes.' },
  ERR_AUTH_MISSING: { status: 401, about: 'No Authorization header.' },
  ERR_AUTH_MISSING_BEARER: { status: 401, about: 'The Authorization header is no `Bearer <token>`.' },
  ERR_INVALID_TOKEN: { status: 401, about: 'There is no such key, or it was revoked.' },
  ERR_TOKEN_EXPIRED: { status: 401, about: 'The key has expired.' },
  ERR_NOT_AUTHORIZED: { status: 403, about: 'The key is good, but not for this.' },
  ERR_INVALID_INPUT: {
    status: 400,
    about: 'A field or an option is wrong, or not known here; `context.fields` names it.',
  },
  ERR_CONTENT_SIZE_OVER_LIMIT: { status: 413, about: 'The body is larger than this route takes.' },
  ERR_UNSUPPORTED_CONTENT_TYPE: { status: 415, about: 'The route takes application/json.' },
};

const CID_PARAMETER = { type: 'string', format: 'cid', minLength: 2, maxLength: 1024 };
const ID_PARAMETER = { type: 'integer', format: 'int64', minimum: 1, example: 1 };
/** Parameters of paths, by name. */
const PATH_PARAMETERS: Record<string, SchemaObject> = {
  cid: { ...CID_PARAMETER, description: 'A CID, version 0 or 1' },
  datacid: { ...CID_PARAMETER, description: 'A CID, version 0 or 1' },
  propcid: { ...CID_PARAMETER, description: "The CID of a deal's proposal" },
  id: ID_PARAMETER,
  content: ID_PARAMETER,
  deal: ID_PARAMETER,
  dealid: ID_PARAMETER,
  miner: { type: 'string', pattern: '^[ft]0[0-9]{1,20}$', example: 'f01000' },
  requestid: { type: 'string', format: 'uuid' },
  coluuid: { type: 'string', format: 'uuid' },
  delivery: ID_PARAMETER,
} as Record<string, SchemaObject>;
/** Where the ids of a path are UUIDs. */
const UUID_PATHS = /^\/(retrievals|user\/webhooks|content\/tus)\//;

/** Finds a controller's class by its name. */
export type ControllerOf = (name: string) => Type | undefined;

/**
 * Completes what decorators say of each route by what code knows: types of path parameters, query and body from the
 * schemas that parse them, the answer from the controller's type, every code that can end it, and an example of each.
 * What a decorator says already stays. Changes the document that it is given and returns it.
 */
export function completeRoutes(document: OpenAPIObject, controllerOf: ControllerOf): OpenAPIObject {
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...errorSchemas() } };
  const used = new Set<string>();
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const [controller = '', handler = ''] = (operation.operationId ?? '').replace(/\[\d+\]$/, '').split('_');
      completePath(path, operation);
      const target = controllerOf(controller);
      if (target) completeInput(operation, target, handler);
      completeAnswers(path, operation, answers[`${controller}.${handler}`]);
      operation.operationId = unique(`${controller}_${handler}`, used);
    }
  return document;
}

/** Several paths of one handler are several operations (OpenAPI 3.0: operationId is unique). */
function unique(wanted: string, used: Set<string>): string {
  let id = wanted;
  for (let n = 2; used.has(id); n++) id = `${wanted}_${n}`;
  used.add(id);
  return id;
}

function completePath(path: string, operation: OperationObject): void {
  for (const parameter of operation.parameters ?? []) {
    if (!('in' in parameter) || parameter.in !== 'path') continue;
    const schema =
      UUID_PATHS.test(path) && parameter.name === 'id'
        ? { type: 'string', format: 'uuid' }
        : PATH_PARAMETERS[parameter.name];
    if (schema) parameter.schema = { ...(parameter.schema as object), ...schema } as SchemaObject;
    parameter.example ??= exampleOf(
      (parameter.schema ?? {}) as ExampleSchema,
      parameter.name.replace(/^(data|prop)cid$/, 'cid'),
    );
  }
}

function completeInput(operation: OperationObject, controller: Type, handler: string): void {
  const parameters = operation.parameters ?? [];
  const named = new Map(
    parameters.flatMap((one) => ('in' in one && one.in === 'query' ? [[one.name, one] as const] : [])),
  );
  const query = queryOf(controller, handler);
  for (const [name, schema] of Object.entries(query?.properties ?? {})) {
    const known = named.get(name);
    if (known) known.schema = { ...schema, ...(known.schema as object), ...typed(schema) } as SchemaObject;
    else
      parameters.push({
        name,
        in: 'query',
        required: query?.required?.includes(name) ?? false,
        schema: schema as SchemaObject,
      });
  }
  for (const [name, parameter] of named) parameter.schema = typedByName(name, parameter.schema as ExampleSchema);
  operation.parameters = parameters as ParameterObject[];
  const body = bodyOf(controller, handler);
  const said = operation.requestBody && 'content' in operation.requestBody ? operation.requestBody : null;
  if (body?.properties || body?.['anyOf'] || body?.type === 'array') setBody(operation, body);
  for (const content of Object.values(said?.content ?? {}))
    if (content.schema && 'properties' in content.schema) addExamples(content.schema);
}

/** Options that a route reads by itself, and that a decorator only names. */
function typedByName(name: string, schema: ExampleSchema | undefined): SchemaObject {
  if (schema?.type || schema?.enum || schema?.anyOf) return schema as SchemaObject;
  const whole = ['limit', 'offset', 'replication', 'duration'].includes(name);
  return { ...schema, type: whole ? 'integer' : 'string' } as SchemaObject;
}

/** Decorators say `string` of everything in a query. */
function typed({ type, enum: values }: InputSchema): object {
  return type === undefined || values !== undefined ? {} : { type };
}

/** The schema that parses it knows more than a decorator; descriptions stay. */
function setBody(operation: OperationObject, schema: InputSchema): void {
  const known = operation.requestBody && 'content' in operation.requestBody ? operation.requestBody : undefined;
  const described = known?.content['application/json']?.schema;
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => [
      name,
      { ...((described && 'properties' in described ? described.properties?.[name] : {}) as object), ...property },
    ]),
  );
  const whole = { ...schema, ...(schema.properties ? { properties } : {}) } as SchemaObject;
  addExamples(whole);
  operation.requestBody = {
    required: (schema.required ?? []).length > 0,
    content: { 'application/json': { schema: whole, example: exampleOf(whole as ExampleSchema, '', false) } },
  };
}

/** What the page at /docs fills in has to be accepted: without examples it would be zeros and `string`. */
function addExamples(schema: SchemaObject): void {
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if ('type' in property && property.format !== 'binary' && property.type !== 'object')
      property.example ??= exampleOf(property as ExampleSchema, name);
}

/** Whether a type says which fields there are: then it is truer than what a decorator says by hand. */
function says(schema: object | null): boolean {
  return schema !== null && ('properties' in schema || 'items' in schema || 'anyOf' in schema);
}

function completeAnswers(path: string, operation: OperationObject, known: (typeof answers)[string] | undefined): void {
  const responses = operation.responses as Record<string, ResponseObject>;
  for (const [status, response] of Object.entries(responses)) {
    for (const content of Object.values(response.content ?? {}))
      if (content.schema && !('$ref' in content.schema)) content.example ??= exampleOf(content.schema as ExampleSchema);
    if (!/^2/.test(status) || !known || (response.content && !says(known.schema))) continue;
    if (!known.schema) {
      response.description ||= 'Done; the body is empty';
      continue;
    }
    const schema = known.schema as SchemaObject;
    if (response.content && !response.content['application/json']) continue;
    const text = (schema as ExampleSchema).type === 'string';
    response.content = {
      [text ? 'text/plain' : 'application/json']: { schema, example: exampleOf(schema as ExampleSchema) },
    };
  }
  const secured = operation.security !== undefined;
  const codes = new Set([
    ...ALWAYS,
    ...(secured ? WITH_KEY : []),
    ...(operation.requestBody ? WITH_BODY : []),
    ...((operation.parameters ?? []).length > 0 ? ['ERR_INVALID_INPUT'] : []),
    ...(known?.errors ?? []),
  ]);
  const byStatus = Map.groupBy([...codes].sort(), (code) =>
    String((FRAMEWORK[code] ?? errorCodes[code])?.status ?? 400),
  );
  for (const [status, named] of byStatus) responses[status] = failure(path, named, responses[status]);
}

/** One answer for all codes of a status; the codes are listed with their meaning, and are the values of `reason`. */
function failure(path: string, codes: string[], said: ResponseObject | undefined): ResponseObject {
  const pinning = /^\/pinning(\/|$)/.test(path);
  const about = codes.map((code) => `- \`${code}\`: ${(errorCodes[code] ?? FRAMEWORK[code])?.about ?? ''}`).join('\n');
  const status = (FRAMEWORK[codes[0] as string] ?? errorCodes[codes[0] as string])?.status ?? 400;
  const example = { ...(pinning ? {} : { code: status }), reason: codes[0], details: 'what was wrong, in words' };
  return {
    ...said,
    description: said?.description ? `${said.description}\n\n${about}` : about,
    content: said?.content ?? {
      'application/json': {
        schema: {
          allOf: [
            { $ref: `#/components/schemas/${pinning ? 'PinningFailure' : 'Failure'}` },
            {
              type: 'object',
              properties: { error: { type: 'object', properties: { reason: { type: 'string', enum: codes } } } },
            },
          ],
        },
        example: { error: example },
      },
    },
  };
}

function errorSchemas(): Record<string, SchemaObject> {
  const reason: SchemaObject = { type: 'string', description: 'Stable, for programs' };
  const details: SchemaObject = { type: 'string', description: 'For people' };
  const error = (properties: Record<string, SchemaObject>, required: string[]): SchemaObject => ({
    type: 'object',
    required: ['error'],
    properties: { error: { type: 'object', required, properties } },
  });
  return {
    Failure: error(
      {
        code: { type: 'integer', description: 'The HTTP status' },
        reason,
        details,
        context: { type: 'object', description: 'What belongs to this reason', additionalProperties: true },
      },
      ['code', 'reason', 'details'],
    ),
    PinningFailure: error({ reason, details }, ['reason']),
  };
}
