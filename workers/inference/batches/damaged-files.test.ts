import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { type RunnersUnderTest, runnersUnderTest } from '../testing/runner-under-test.ts';
import type { RunLine } from './run-line.ts';

let database: TestDatabase;
let runners: RunnersUnderTest;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  runners = await runnersUnderTest(database);
  ({ folder } = runners);
});
afterEach(() => runners.reset());
afterAll(async () => {
  await database.drop();
  await runners.remove();
});

const createLines: RunnersUnderTest['createLines'] = (...given) => runners.createLines(...given);
const startRunner: RunnersUnderTest['startRunner'] = (...given) => runners.startRunner(...given);
const endedAs: RunnersUnderTest['endedAs'] = (...given) => runners.endedAs(...given);
const rowsOf: RunnersUnderTest['rowsOf'] = (...given) => runners.rowsOf(...given);

it('fails a batch whose input was damaged where it is kept, and runs none of it', async () => {
  const id = await createLines(3);
  const { workspaceId, inputFileId } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
  const file = path.join(folder, fileBlob({ workspaceId, id: inputFileId }));
  const kept = await readFile(file);
  await writeFile(file, kept.subarray(0, -1));
  const runner = startRunner(async () => {
    throw new Error('A line was run.');
  });
  expect(await failed(id)).toMatchObject([{ code: 'file_damaged' }]);
  await runner.close();
});

it('hands over what was answered of a batch whose input was damaged since', async () => {
  let ran = 0;
  const first = startRunner(async () => {
    ran++;
    await pause(3);
    return { status: 200, body: '{}', settle: async () => 'settled' };
  });
  const id = await createLines(200);
  await eventually(() => expect(ran).toBeGreaterThan(60));
  await first.close();
  const { workspaceId, inputFileId, completed } = await database.prisma.batch.findUniqueOrThrow({
    where: { id },
  });
  expect(completed).toBeGreaterThan(0);
  const file = path.join(folder, fileBlob({ workspaceId, id: inputFileId }));
  await writeFile(file, (await readFile(file)).subarray(0, -1));
  const second = startRunner(async () => ({ status: 200, body: '{}', settle: async () => 'settled' }));
  const batch = await endedAs(id, 'failed');
  await second.close();
  expect(batch.errors).toMatchObject([{ code: 'file_damaged' }]);
  expect(await rowsOf(batch, batch.outputFileId)).toHaveLength(batch.completed);
});

it('fails a batch of which answers were damaged where they are kept, instead of trying for ever', async () => {
  let ran = 0;
  const runLine: RunLine = async () => {
    ran++;
    await pause(3);
    return { status: 200, body: '{}', settle: async () => 'settled' };
  };
  const first = startRunner(runLine);
  const id = await createLines(200);
  await eventually(() => expect(ran).toBeGreaterThan(60));
  await first.close();
  const { workspaceId } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
  const piece = path.join(folder, partBlob({ workspaceId, id }, 1));
  await writeFile(piece, (await readFile(piece)).subarray(0, -1));
  const second = startRunner(runLine);
  expect(await failed(id)).toMatchObject([{ code: 'file_damaged' }]);
  await second.close();
});

async function failed(id: string) {
  return (await endedAs(id, 'failed')).errors;
}
