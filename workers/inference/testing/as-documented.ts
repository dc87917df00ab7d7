import { Ajv2020 } from 'ajv/dist/2020.js';
import { isPathOf } from '../wire/path-template.ts';

export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  /** The whole body. */
  readonly text: string;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface DocumentedResponse {
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, object>>;
}

/** What an answer is wrong in, a sentence each; empty: it is as the document says. */
export type CheckAnswer = (answered: Answered) => readonly string[];

/** Headers that are only told with some answers, and so have to be documented for them. */
const TOLD_HEADERS = /^(retry-after|x-should-retry|ratelimit.*|x-ratelimit-.*|x-request-id)$/;
const DONE = '[DONE]';

/**
 * Holds answers against the gateway's own description: status, type, headers, and the body by its JSON Schema (2020-12), of
 * which every object counts as closed, so that a field which is answered but not described is found too. Paths and methods
 * that are not described are left alone.
 */
export function answersAsDocumented(document: OpenApiDocument): CheckAnswer {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema(closed(document) as object, 'document');
  const templates = Object.keys(document.paths);

  return (answered) => {
    const { method, path, status } = answered;
    const template = templates.find((one) => isPathOf(one, path.split('?')[0] ?? ''));
    const operation = template && document.paths[template]?.[method.toLowerCase()];
    if (!operation) return [];
    const response = operation.responses[status];
    if (!response) return [`${status} is not described`];
    return [
      ...headerProblems(answered, response),
      ...bodyProblems(answered, response, (type, value) => {
        const parts = [
          'paths',
          template,
          method.toLowerCase(),
          'responses',
          status,
          'content',
          type,
          'schema',
        ];
        const pointer = parts.map((part) => encodeURIComponent(escaped(String(part)))).join('/');
        const validate = ajv.getSchema(`document#/${pointer}`);
        if (!validate) return [`no schema for ${type}`];
        if (validate(value)) return [];
        return (validate.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
        );
      }),
    ];
  };
}

function headerProblems({ headers, status }: Answered, response: DocumentedResponse): string[] {
  const described = new Set(Object.keys(response.headers ?? {}).map((name) => name.toLowerCase()));
  const untold = [...headers.keys()].filter((name) => TOLD_HEADERS.test(name) && !described.has(name));
  const missing = status === 200 ? [...described].filter((name) => !headers.has(name)) : [];
  return [
    ...untold.map((name) => `the header ${name} is not described`),
    ...missing.map((name) => `the header ${name} is missing`),
  ];
}

function bodyProblems(
  { headers, text }: Answered,
  response: DocumentedResponse,
  problemsOf: (type: string, value: unknown) => readonly string[],
): readonly string[] {
  const types = Object.keys(response.content ?? {});
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (types.length === 0) return text === '' ? [] : ['a body is not described'];
  if (!types.includes(type)) return types.includes('*/*') ? [] : [`the type ${type} is not described`];
  if (type === 'text/event-stream') return eventsOf(text).flatMap((event) => problemsOf(type, event));
  return type === 'application/json' ? problemsOf(type, JSON.parse(text)) : [];
}

function eventsOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim())
    .filter((data) => data !== DONE)
    .map((data) => JSON.parse(data));
}

/** RFC 6901. */
function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpenObject = isSchemaOfObject(inside) && !('additionalProperties' in inside);
  return isOpenObject ? { ...inside, additionalProperties: false } : inside;
}

function isSchemaOfObject(schema: Record<string, unknown>): boolean {
  return schema.type === 'object' && typeof schema.properties === 'object';
}
