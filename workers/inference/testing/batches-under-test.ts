import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve } from '@hono/node-server';
import OpenAI, { toFile } from 'openai';
import type { Pool } from 'pg';
import { expect } from 'vitest';
import type { PrismaClient } from '#prisma/generated/client.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createApiKey, createWorkspace, type WorkspaceOptions } from '#server/testing/factories.ts';
import { startBatchRunner } from '../batches/batch-runner.ts';
import { createLinePlaces } from '../batches/line-places.ts';
import {
  type GatewayUnderTest,
  type GatewayUnderTestOptions,
  gatewayUnderTest,
} from './gateway-under-test.ts';

export interface BatchesUnderTest {
  readonly door: GatewayUnderTest;
  readonly blobsDir: string;
  clientOf(key: string): OpenAI;
  /** Of a workspace of its own. */
  newClient(options?: WorkspaceOptions): Promise<NewClient>;
  close(): Promise<void>;
}

export interface NewClient {
  readonly workspaceId: string;
  readonly key: string;
  readonly keyId: string;
  readonly client: OpenAI;
}

export interface RunnerOfBatches {
  readonly leaseMs?: number;
  /** What it writes and reads with, around that of the gateway. */
  readonly blobs?: (blobs: BlobStore) => BlobStore;
}

/** A gateway that listens, and the runner of its batches. */
export async function startBatches(
  database: {
    readonly pool: Pool;
    readonly prisma: PrismaClient;
  },
  options: GatewayUnderTestOptions = {},
  { leaseMs = 60_000, blobs = (given) => given }: RunnerOfBatches = {},
): Promise<BatchesUnderTest> {
  const linePlaces = createLinePlaces();
  const blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  const door = gatewayUnderTest(database, { blobsDir, linePlaces, ...options });
  const server = serve({ fetch: door.gateway.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const runner = startBatchRunner({
    queue: createBatchQueue({ pool: database.pool, leaseMs }),
    blobs: blobs(door.blobs),
    runLine: door.gateway.runLine,
    liveCalls: () => door.gateway.liveCalls,
    places: linePlaces,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    leaseMs,
    lookEveryMs: 20,
  });
  const clientOf = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
  return {
    door,
    blobsDir,
    clientOf,
    async newClient(options) {
      const { id: workspaceId } = await createWorkspace(database.prisma, options);
      const { key, id: keyId } = await createApiKey(database.prisma, { workspaceId });
      return { workspaceId, key, keyId, client: clientOf(key) };
    },
    async close() {
      await runner.close();
      server.close();
      await rm(blobsDir, { recursive: true, force: true });
    },
  };
}

export const lineOf = (customId: string, endpoint: string, body: unknown) =>
  JSON.stringify({ custom_id: customId, method: 'POST', url: endpoint, body });

export async function upload(client: OpenAI, lines: readonly string[]) {
  return client.files.create({
    file: await toFile(Buffer.from(lines.join('\n')), 'lines.jsonl'),
    purpose: 'batch',
  });
}

export async function begin(client: OpenAI, endpoint: string, lines: readonly string[]) {
  const { id } = await upload(client, lines);
  return client.batches.create({
    input_file_id: id,
    endpoint: endpoint as '/v1/embeddings',
    completion_window: '24h',
    metadata: { run: 'nightly' },
  });
}

export async function ended(client: OpenAI, id: string) {
  return eventually(async () => {
    const batch = await client.batches.retrieve(id);
    expect(['completed', 'failed', 'expired', 'cancelled']).toContain(batch.status);
    return batch;
  });
}

export interface AnsweredRow {
  readonly custom_id: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer of any endpoint.
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: any };
}

export async function rowsOf(
  client: OpenAI,
  fileId: string | null | undefined,
): Promise<readonly AnsweredRow[]> {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AnsweredRow);
}
