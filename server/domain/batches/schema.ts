import { z } from 'zod';
import { type BatchStatus, openStatuses } from './batch-status.ts';

export { type BatchLine, batchLineSchema, lineSentences } from './batch-line.ts';
export { type BatchStatus, batchEndpoints } from './batch-status.ts';
export { readLines, type TextLine } from './read-lines.ts';

const batchIdSchema = z.string().regex(/^batch_\w{1,64}$/, 'Give the id of a batch.');

export const batchSchema = z.object({ batchId: batchIdSchema });
export const listBatchesSchema = z.object({
  /** The last batch of the page before. */
  cursor: batchIdSchema.nullish(),
});

export interface BatchItem {
  readonly id: string;
  readonly endpoint: string;
  readonly status: BatchStatus;
  /** 0 until the input file has been read. */
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface BatchPage {
  readonly items: readonly BatchItem[];
  readonly hasMore: boolean;
}

/** What is wrong with the input file; of the file as a whole where there is no line. */
export interface LineError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

export interface BatchFile {
  readonly id: string;
  /** Null: it has been deleted or has expired. */
  readonly kept: { readonly filename: string; readonly bytes: number; readonly expiresAt: Date } | null;
}

export interface BatchDetail extends BatchItem {
  /** Null: the key is not there any more. */
  readonly keyName: string | null;
  readonly errors: readonly LineError[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly inProgressAt: Date | null;
  readonly finalizingAt: Date | null;
  readonly cancellingAt: Date | null;
  readonly expiresAt: Date;
  readonly inputFile: BatchFile;
  readonly outputFile: BatchFile | null;
  readonly errorFile: BatchFile | null;
}

/** It has not ended. */
export function isOpen({ status }: Pick<BatchItem, 'status'>): boolean {
  return (openStatuses as readonly string[]).includes(status);
}

export function isCancellable({ status }: Pick<BatchItem, 'status'>): boolean {
  return status === 'validating' || status === 'in_progress';
}
