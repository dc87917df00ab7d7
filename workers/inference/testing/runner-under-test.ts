import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Batch } from '#prisma/generated/client.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { createSealedBlobStore } from '#server/platform/blob-store/sealed-blob-store.ts';
import type { TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { type BatchRunner, type BatchRunnerOptions, startBatchRunner } from '../batches/batch-runner.ts';
import { createLinePlaces } from '../batches/line-places.ts';
import { type RetryTimes, retryTimes } from '../batches/retries.ts';
import type { RunLine } from '../batches/run-line.ts';

export interface NewLines {
  readonly ofWorkspace?: number;
  readonly ofKey?: number;
  readonly livesMs?: number;
  /** Of another batch whose key it has. */
  readonly beside?: string;
}

export interface Row {
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly body: { readonly error: { readonly code: string } };
  };
  readonly error: { readonly code: string } | null;
}

export interface RunnersUnderTest {
  readonly folder: string;
  readonly blobs: BlobStore;
  /** A batch that waits, of a workspace of its own. */
  createLines(count: number, options?: NewLines): Promise<string>;
  startRunner(runLine: RunLine, options?: RunnerOptions): BatchRunner;
  endedAs(id: string, status: string): Promise<Batch>;
  rowsOf(batch: { workspaceId: string }, fileId: string | null): Promise<readonly Row[]>;
  /** Between two tests: no runner and no open batch of the first is left, whatever came of it. */
  reset(): Promise<void>;
  remove(): Promise<void>;
}

export interface RunnerOptions
  extends Partial<Pick<BatchRunnerOptions, 'blobs' | 'queue' | 'places' | 'turnMs'>> {
  readonly liveCalls?: number;
  readonly leaseMs?: number;
  readonly times?: Partial<RetryTimes>;
}

/** Nobody waits for minutes in a test. */
const shortTimes = {
  lineFirstMs: 5,
  lineLongestMs: 20,
  refusedFirstMs: 5,
  refusedLongestMs: 40,
  placeLongestMs: 40,
};

/** Runners of batches on a real database, whose lines the test answers. */
export async function runnersUnderTest(database: TestDatabase): Promise<RunnersUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  const blobs = createSealedBlobStore(createFolderBlobStore(folder), randomBytes(32));
  const started = new Set<BatchRunner>();

  return {
    folder,
    blobs,
    async createLines(count, { ofWorkspace, ofKey, livesMs = 60_000, beside } = {}) {
      const { workspaceId, keyId } = beside
        ? await database.prisma.batch.findUniqueOrThrow({ where: { id: beside } })
        : await newKey({ ofWorkspace, ofKey });
      async function* lines() {
        for (let i = 0; i < count; i++) {
          const line = { custom_id: `${i}`, method: 'POST', url: '/v1/sentiment', body: { input: `${i}` } };
          yield Buffer.from(`${JSON.stringify(line)}\n`);
        }
      }
      const expiresAt = new Date(Date.now() + livesMs);
      const name = randomBytes(6).toString('hex');
      const file = { id: `file-${name}`, workspaceId };
      const { bytes } = await blobs.write(fileBlob(file), lines());
      const kept = { purpose: 'batch', filename: 'x', bytes, expiresAt: new Date(Date.now() + 60_000) };
      await database.prisma.file.create({ data: { ...file, ...kept } });
      const batch = { id: `batch_${name}`, workspaceId, keyId, inputFileId: file.id, expiresAt };
      await database.prisma.batch.create({
        data: { ...batch, endpoint: '/v1/sentiment', status: 'validating' },
      });
      return batch.id;
    },
    startRunner(runLine, { liveCalls = 0, leaseMs = 60_000, times, ...given } = {}) {
      const runner = startBatchRunner({
        queue: createBatchQueue({ pool: database.pool, leaseMs }),
        blobs,
        runLine,
        liveCalls: () => liveCalls,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
        places: createLinePlaces(),
        leaseMs,
        lookEveryMs: 10,
        retryTimes: { ...retryTimes, ...shortTimes, ...times },
        ...given,
      });
      started.add(runner);
      return runner;
    },
    endedAs: (id, status) =>
      eventually(async () => {
        const batch = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
        expect(batch.status).toBe(status);
        return batch;
      }),
    async rowsOf({ workspaceId }, fileId) {
      const pieces: Uint8Array[] = [];
      for await (const piece of (await blobs.read(fileBlob({ workspaceId, id: fileId ?? '' }))) ?? [])
        pieces.push(piece);
      const lines = Buffer.concat(pieces).toString().trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Row);
    },
    async reset() {
      await Promise.all([...started].map((runner) => runner.close()));
      started.clear();
      await database.prisma.batch.deleteMany({ where: { endedAt: null } });
    },
    remove: () => rm(folder, { recursive: true }),
  };

  async function newKey({ ofWorkspace, ofKey }: NewLines) {
    const places = (concurrencyMax?: number) => (concurrencyMax === undefined ? {} : { concurrencyMax });
    const { id: workspaceId } = await createWorkspace(database.prisma, places(ofWorkspace));
    const { id: keyId } = await createApiKey(database.prisma, { workspaceId, ...places(ofKey) });
    return { workspaceId, keyId };
  }
}
