import type { Pool } from 'pg';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { retention } from '#server/domain/rate-limits/limits.ts';

const atOnce = 500;
/** What this product writes: a file, a piece of answers, or either half written. Anything else in the store is not ours. */
const nameShape = /^([0-9a-f-]{36})\/((?:file-|batch_)[\w.-]+)$/;
const unfinished = /\.part$/;

/**
 * Bytes are durable before the row that names them, so a process that dies between the two leaves bytes that nothing would
 * ever delete. A day later none of those is still being written.
 */
export async function deleteOrphanBlobs({ pool, blobs }: { pool: Pool; blobs: BlobStore }): Promise<number> {
  const before = Date.now() - retention.orphanBlobsMs;
  let deleted = 0;
  let looked: string[] = [];
  for await (const { name, writtenAt } of blobs.list()) {
    if (writtenAt.getTime() > before || !nameShape.test(name)) continue;
    looked.push(name);
    if (looked.length < atOnce) continue;
    deleted += await deleteUnnamed(looked);
    looked = [];
  }
  return deleted + (await deleteUnnamed(looked));

  async function deleteUnnamed(names: readonly string[]): Promise<number> {
    const orphans = names.length === 0 ? [] : await findOrphans(pool, names);
    for (const name of orphans) await blobs.remove(name);
    return orphans.length;
  }
}

/**
 * Named are a file's bytes by its row, pieces of answers by their batch's, and what a batch that has not ended writes by it.
 * What is of no workspace of this database is another installation's that was given the same folder.
 */
async function findOrphans(pool: Pool, names: readonly string[]): Promise<readonly string[]> {
  const split = names.map((name) => nameShape.exec(name) ?? []);
  const { rows } = await pool.query<{ name: string }>(
    `SELECT g.workspace_id || '/' || g.blob AS name
     FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS g (workspace_id, blob, is_unfinished)
     JOIN workspaces w ON w.id = g.workspace_id
     WHERE g.is_unfinished OR NOT EXISTS (
         SELECT 1 FROM files f WHERE f.id = g.blob AND f.workspace_id = g.workspace_id
       ) AND NOT EXISTS (
         SELECT 1 FROM batches b WHERE b.workspace_id = g.workspace_id AND (
           b.id = split_part(g.blob, '.', 1)
           OR b.id = 'batch_' || substr(g.blob, 6, length(g.blob) - 6)
             AND b.status IN ('validating', 'in_progress', 'finalizing', 'cancelling'))
       )`,
    [
      split.map(([, workspaceId]) => workspaceId),
      split.map(([, , blob]) => blob),
      names.map((name) => unfinished.test(name)),
    ],
  );
  return rows.map(({ name }) => name);
}
