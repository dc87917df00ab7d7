import answers from './answers.json' with { type: 'json' };
import { exampleRequests } from './requests.ts';

interface Described {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: WithContent;
  readonly responses?: Readonly<Record<string, WithContent>>;
}

interface WithContent {
  readonly content?: Readonly<Record<string, object>>;
}

const exampleAnswers: Readonly<Record<string, unknown>> = answers;

/** The description with an example of each body in JSON, asked and answered. */
export function withExamples<D extends Described>(document: D): D {
  const paths = mapValues(document.paths ?? {}, (path) => mapValues(path, ofOperation));
  return { ...document, paths };
}

/** Of a model beside the first one, operations have an ending; what they show is the same. */
export function exampleName(operationId: string): string {
  return operationId.split('_')[0] ?? operationId;
}

function ofOperation(operation: Operation): Operation {
  const name = exampleName(operation.operationId ?? '');
  const { requestBody, responses = {} } = operation;
  const { 200: success } = responses;
  return {
    ...operation,
    ...(requestBody ? { requestBody: shown(requestBody, exampleRequests[name]) } : {}),
    responses: { ...responses, ...(success ? { 200: shown(success, exampleAnswers[name]) } : {}) },
  };
}

function shown<B extends WithContent>(body: B, example: unknown): B {
  const json = body.content?.['application/json'];
  if (example === undefined || !json) return body;
  return { ...body, content: { ...body.content, 'application/json': { ...json, example } } };
}

function mapValues<V, R>(record: Readonly<Record<string, V>>, map: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
