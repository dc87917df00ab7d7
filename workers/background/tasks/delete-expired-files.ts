import type { Pool } from 'pg';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';

const atOnce = 100;

/** By the database's clock. Bytes first: a row whose bytes are gone is found again, bytes without a row a day later. */
export async function deleteExpiredFiles({ pool, blobs }: { pool: Pool; blobs: BlobStore }): Promise<number> {
  for (let deleted = 0; ; ) {
    const { rows } = await pool.query<{ id: string; workspace_id: string }>(
      `SELECT id, workspace_id FROM files f WHERE expires_at <= now() AND NOT EXISTS (
         SELECT 1 FROM batches b WHERE b.workspace_id = f.workspace_id AND b.input_file_id = f.id
           AND b.status IN ('validating', 'in_progress', 'finalizing', 'cancelling'))
       ORDER BY expires_at LIMIT $1`,
      [atOnce],
    );
    for (const { id, workspace_id: workspaceId } of rows) await blobs.remove(fileBlob({ workspaceId, id }));
    await pool.query('DELETE FROM files WHERE id = ANY ($1)', [rows.map(({ id }) => id)]);
    deleted += rows.length;
    if (rows.length < atOnce) return deleted;
  }
}
