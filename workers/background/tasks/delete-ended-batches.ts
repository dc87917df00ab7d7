import type { Pool } from 'pg';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { retention } from '#server/domain/rate-limits/limits.ts';

const atOnce = 100;

interface EndedBatch {
  readonly id: string;
  readonly workspaceId: string;
  readonly parts: number;
}

/**
 * By the database's clock. Its files have an expiry of their own; pieces of its answers are there only where a gateway
 * died after it had ended the batch. They go first: a row whose pieces are gone is found again, pieces without a row a day later.
 */
export async function deleteEndedBatches({ pool, blobs }: { pool: Pool; blobs: BlobStore }): Promise<number> {
  for (let deleted = 0; ; ) {
    const { rows } = await pool.query<EndedBatch>(
      `SELECT id, workspace_id AS "workspaceId", parts FROM batches
       WHERE ended_at < now() - $1 * interval '1 millisecond' ORDER BY ended_at LIMIT $2`,
      [retention.endedBatchesMs, atOnce],
    );
    for (const batch of rows) {
      for (let part = 1; part <= batch.parts; part++) await blobs.remove(partBlob(batch, part));
    }
    await pool.query('DELETE FROM batches WHERE id = ANY ($1)', [rows.map(({ id }) => id)]);
    deleted += rows.length;
    if (rows.length < atOnce) return deleted;
  }
}
