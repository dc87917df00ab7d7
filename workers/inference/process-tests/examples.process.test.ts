import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFolderModelCards } from '#server/platform/model-cards/folder-model-cards.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import answers from '../openapi/examples/answers.json' with { type: 'json' };
import { answersAsDocumented, type OpenApiDocument } from '../testing/as-documented.ts';
import {
  type AskedOperation,
  askEveryOperation,
  type DescribedOperations,
} from '../testing/ask-every-operation.ts';

let database: TestDatabase;
let gateway: TestProcess;
let document: OpenApiDocument & DescribedOperations;
let asked: readonly AskedOperation[];

/** The shipped models answer. `UPDATE_EXAMPLES=1` keeps what they say as the description's examples. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  await database.prisma.workspace.update({ where: { id: workspaceId }, data: { keepsFeedback: true } });
  const { key } = await createApiKey(database.prisma, { workspaceId });
  gateway = await startInference({ databaseUrl: database.url });
  document = await (await fetch(`${gateway.url}/v1/openapi.json`)).json();
  asked = await askEveryOperation(document, { url: gateway.url, key });
  if (process.env.UPDATE_EXAMPLES === '1') await keep(asked);
});
afterAll(async () => {
  await gateway?.stop();
  await database.drop();
});

it('serves the models that the console names for keys', async () => {
  const models = JSON.parse(asked.find(({ name }) => name === 'listModels')?.text ?? '');
  const callable = await createFolderModelCards(path.resolve('workers/models')).callable();
  expect(callable).toEqual(models.data.map(({ id }: { id: string }) => id));
});

describe('the examples of /v1/openapi.json', () => {
  it('are there for every body in JSON, asked and answered', () => {
    const all = Object.values(document.paths).flatMap((byMethod) => Object.values(byMethod));
    const keyed = all.filter(({ security }) => security.length > 0);
    const without = keyed.flatMap(({ operationId, requestBody, responses }) => [
      ...missing(`what ${operationId} is asked`, requestBody?.content),
      ...missing(`what ${operationId} answers`, responses[200]?.content),
    ]);
    expect(without).toEqual([]);
  });

  it('are taken by a running server, which answers as it is described', () => {
    const check = answersAsDocumented(document);
    const wrong = asked.flatMap((answered) =>
      [...(answered.status === 200 ? [] : [answered.text]), ...check(answered)].map(
        (problem) => `${answered.name}: ${answered.status} ${problem}`,
      ),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('are answers as they are described, with the fields that the server answers today', () => {
    const check = answersAsDocumented(document);
    const examples: Readonly<Record<string, unknown>> = answers;
    for (const answered of asked.filter(isJson)) {
      const example = examples[answered.name];
      expect(check({ ...answered, text: JSON.stringify(example) }), answered.name).toEqual([]);
      expect(fieldsOf(example), answered.name).toEqual(fieldsOf(JSON.parse(answered.text)));
    }
  });
});

function missing(what: string, content: Readonly<Record<string, object>> | undefined): string[] {
  const json = content?.['application/json'];
  return json && !('example' in json) ? [what] : [];
}

function isJson({ headers }: AskedOperation): boolean {
  return headers.get('content-type')?.startsWith('application/json') ?? false;
}

/** Names of fields, however deep. Of a list, those of its first entry. */
function fieldsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(fieldsOf);
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, fieldsOf(of)]));
}

const NUMBERS_SHOWN = 4;

async function keep(all: readonly AskedOperation[]): Promise<void> {
  const answers = new Map<string, unknown>();
  for (const one of all.filter(isJson)) {
    // The first of a name: those of a model beside the first one come later.
    if (!answers.has(one.name)) answers.set(one.name, shortened(JSON.parse(one.text)));
  }
  const file = path.join(import.meta.dirname, '../openapi/examples/answers.json');
  await writeFile(file, `${JSON.stringify(Object.fromEntries(answers), null, 2)}\n`);
}

/** A vector's first numbers: nobody reads the others. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) {
    return (value.every((one) => typeof one === 'number') ? value.slice(0, NUMBERS_SHOWN) : value).map(
      shortened,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, shortened(of)]));
}
