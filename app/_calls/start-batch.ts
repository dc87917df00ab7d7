'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { askApi, type CallReply } from './ask-api.ts';

const batchSchema = z.object({ id: z.string() });
export type StartedBatch = z.infer<typeof batchSchema>;

export interface BatchToStart {
  readonly fileId: string;
  readonly endpoint: string;
  readonly signal: AbortSignal;
}

export function startBatch(
  key: ShortLivedKey,
  { fileId, endpoint, signal }: BatchToStart,
): Promise<CallReply<StartedBatch>> {
  return askApi(key, {
    path: '/v1/batches',
    body: { input_file_id: fileId, endpoint, completion_window: '24h' },
    // An upload has one batch, however often it is asked for.
    headers: { 'idempotency-key': fileId },
    schema: batchSchema,
    signal,
  });
}
