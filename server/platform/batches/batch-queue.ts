import type { Pool } from 'pg';
import type { BatchStatus } from '#server/domain/batches/batch-status.ts';
import type { EventRow } from '#server/domain/webhooks/event-row.ts';

/** Batches as the gateways share them. Each call names its lease and changes nothing once the lease is another's. */
export interface BatchQueue {
  /** Of those that nobody runs one of the workspace that has waited longest, or null. */
  claim(leaseId: string): Promise<ClaimedBatch | null>;
  /** Null: the lease is lost. */
  renew(of: Leased): Promise<{ readonly status: BatchStatus; readonly isExpired: boolean } | null>;
  /** Others' batches are next. Nobody runs it for `waitMs`, unless it is cancelled or its time is over before. */
  release(of: Leased, waitMs: number): Promise<void>;
  begin(of: Leased, total: number): Promise<void>;
  lines(batchId: string): Promise<readonly BegunLine[]>;
  /** Requests' ids for lines; a line that was begun before keeps its own. */
  beginLines(
    of: Leased,
    lines: readonly number[],
    requestIds: readonly string[],
  ): Promise<ReadonlyMap<number, LineTry>>;
  /** A number that no piece of answers had before. */
  nextPart(of: Leased): Promise<number>;
  recordPart(of: Leased, part: WrittenPart, lines: readonly number[]): Promise<void>;
  countLines(of: Leased, lines: readonly CountedLine[]): Promise<void>;
  /** It is to be run again, as another request, after `waitMs`. */
  renameLine(of: Leased, line: number, next: LineTry & { readonly waitMs: number }): Promise<void>;
  /** Of the secret that its key has by now. Empty: the key is gone. */
  keyHash(keyId: string): Promise<Buffer>;
  /** How many lines it has. */
  startFinalizing(of: Leased): Promise<number>;
  /** With its files and its webhook event, or not at all. */
  end(of: Leased, ended: EndedBatch): Promise<void>;
}

export interface Leased {
  readonly id: string;
  readonly leaseId: string;
}

export interface ClaimedBatch {
  readonly id: string;
  readonly workspaceId: string;
  readonly keyId: string;
  readonly keyHash: Buffer;
  readonly address: string;
  readonly endpoint: string;
  readonly inputFileId: string;
  readonly status: BatchStatus;
  readonly isExpired: boolean;
  readonly parts: number;
  /** Of its pieces together. */
  readonly answerBytes: number;
  /** Its part of the calls that its key may have under way, lines among them: other gateways run others of the workspace. */
  readonly placesMax: number;
}

export interface LineTry {
  readonly requestId: string;
  /** How often the line has failed on our side before. */
  readonly tries: number;
}

export interface WrittenPart {
  readonly number: number;
  readonly bytes: number;
}

export interface BegunLine {
  readonly line: number;
  readonly requestId: string;
  readonly part: number | null;
  readonly isSettled: boolean;
  readonly tries: number;
  /** Until it may run again. */
  readonly waitMs: number;
  /** As the ledger has it; null: it has no row of the request. */
  readonly statusClass: number | null;
}

export interface CountedLine {
  readonly line: number;
  readonly isFailed: boolean;
}

export interface WrittenFile {
  readonly id: string;
  readonly filename: string;
  readonly bytes: number;
}

export interface EndedBatch {
  readonly status: 'completed' | 'failed' | 'expired' | 'cancelled';
  readonly errors?: readonly object[];
  readonly output?: WrittenFile | null;
  readonly error?: WrittenFile | null;
  readonly filesLiveMs: number;
  readonly event: EventRow;
}

export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export function createBatchQueue({ pool, leaseMs }: { pool: Pool; leaseMs: number }): BatchQueue {
  const mine = 'id = $1 AND lease_id = $2 AND leased_until > now()';

  async function changeMine(sql: string, of: Leased, ...values: unknown[]): Promise<void> {
    const { rowCount } = await pool.query(sql, [of.id, of.leaseId, ...values]);
    if (rowCount === 0) throw new LeaseLostError('Another gateway has the batch.');
  }

  return {
    async claim(leaseId) {
      const { rows } = await pool.query<ClaimedBatch>(
        `WITH next AS (
           SELECT o.id, o.workspace_id FROM batches o JOIN workspaces w ON w.id = o.workspace_id
           WHERE o.status IN ('validating', 'in_progress', 'finalizing', 'cancelling')
             AND (o.leased_until IS NULL OR o.leased_until <= now() OR (o.lease_id IS NULL AND o.status = 'cancelling'))
           ORDER BY w.batch_turn_at NULLS FIRST, o.turn_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED
         ), served AS (
           UPDATE workspaces w SET batch_turn_at = now() FROM next WHERE w.id = next.workspace_id
         )
         UPDATE batches b SET lease_id = $1, leased_until = now() + $2 * interval '1 millisecond'
         FROM next WHERE b.id = next.id
         RETURNING b.id, b.workspace_id AS "workspaceId", b.key_id AS "keyId", b.address, b.endpoint, b.status, b.parts,
           b.input_file_id AS "inputFileId", b.expires_at <= now() AS "isExpired", b.answer_bytes::float8 AS "answerBytes",
           (SELECT least(a.concurrency_max, k.concurrency_max) / (1 + (
              SELECT count(*)::int FROM batches x
              WHERE x.workspace_id = b.workspace_id AND x.id <> b.id AND x.lease_id IS NOT NULL AND x.leased_until > now()))
            FROM allowances a LEFT JOIN key_allowances k ON k.key_id = b.key_id
            WHERE a.workspace_id = b.workspace_id) AS "placesMax",
           coalesce((SELECT k.secret_hash FROM api_keys k WHERE k.id = b.key_id), '') AS "keyHash"`,
        [leaseId, leaseMs],
      );
      return rows[0] ?? null;
    },
    async renew({ id, leaseId }) {
      const { rows } = await pool.query<{ status: BatchStatus; isExpired: boolean }>(
        `UPDATE batches SET leased_until = now() + $3 * interval '1 millisecond' WHERE ${mine}
         RETURNING status, expires_at <= now() AS "isExpired"`,
        [id, leaseId, leaseMs],
      );
      return rows[0] ?? null;
    },
    async release({ id, leaseId }, waitMs) {
      await pool.query(
        `UPDATE batches SET lease_id = NULL, turn_at = now(),
           leased_until = CASE WHEN $3::float8 > 0 THEN least(now() + $3::float8 * interval '1 millisecond', greatest(expires_at, now())) END
         WHERE id = $1 AND lease_id = $2`,
        [id, leaseId, waitMs],
      );
    },
    begin: (of, total) =>
      changeMine(
        `UPDATE batches SET total = $3, in_progress_at = now(),
           status = CASE status WHEN 'validating' THEN 'in_progress' ELSE status END
         WHERE ${mine}`,
        of,
        total,
      ),
    async lines(batchId) {
      const { rows } = await pool.query<BegunLine>(
        `SELECT l.line, l.request_id AS "requestId", l.part, l.is_settled AS "isSettled", l.tries, u.status_class AS "statusClass",
           greatest(0, coalesce(extract(epoch FROM l.not_before - now()) * 1000, 0))::float8 AS "waitMs"
         FROM batch_lines l
         LEFT JOIN usage_records u ON u.id = l.request_id AND NOT l.is_settled
         WHERE l.batch_id = $1`,
        [batchId],
      );
      return rows;
    },
    async beginLines(of, lines, requestIds) {
      const { rows } = await pool.query<LineTry & { line: number }>(
        `INSERT INTO batch_lines AS l (batch_id, line, request_id)
         SELECT b.id, g.line, g.request_id
         FROM batches b, unnest($3::int[], $4::uuid[]) AS g (line, request_id)
         WHERE b.${mine.replace('lease_id', 'b.lease_id').replace('leased_until', 'b.leased_until')}
         ON CONFLICT (batch_id, line) DO UPDATE SET request_id = l.request_id
         RETURNING l.line, l.request_id AS "requestId", l.tries`,
        [of.id, of.leaseId, lines, requestIds],
      );
      if (rows.length < lines.length) throw new LeaseLostError('Another gateway has the batch.');
      return new Map(rows.map((row) => [row.line, row]));
    },
    async nextPart(of) {
      const { rows } = await pool.query<{ parts: number }>(
        `UPDATE batches SET parts = parts + 1 WHERE ${mine} RETURNING parts`,
        [of.id, of.leaseId],
      );
      if (!rows[0]) throw new LeaseLostError('Another gateway has the batch.');
      return rows[0].parts;
    },
    recordPart: (of, part, lines) =>
      changeMine(
        `WITH held AS (
           UPDATE batches SET answer_bytes = answer_bytes + $4 WHERE ${mine} RETURNING id
         )
         UPDATE batch_lines l SET part = $3 FROM held WHERE l.batch_id = held.id AND l.line = ANY ($5::int[])`,
        of,
        part.number,
        part.bytes,
        lines,
      ),
    countLines: (of, lines) =>
      changeMine(
        `WITH counted AS (
           UPDATE batch_lines l SET is_settled = true
           FROM unnest($3::int[], $4::boolean[]) AS g (line, is_failed)
           WHERE l.batch_id = $1 AND l.line = g.line AND NOT l.is_settled
             AND EXISTS (SELECT 1 FROM batches WHERE ${mine})
           RETURNING g.is_failed
         )
         UPDATE batches SET completed = completed + (SELECT count(*) FROM counted WHERE NOT is_failed),
           failed = failed + (SELECT count(*) FROM counted WHERE is_failed)
         WHERE ${mine}`,
        of,
        lines.map(({ line }) => line),
        lines.map(({ isFailed }) => isFailed),
      ),
    renameLine: (of, line, { requestId, tries, waitMs }) =>
      changeMine(
        `WITH held AS (SELECT id FROM batches WHERE ${mine} FOR SHARE)
         UPDATE batch_lines l SET request_id = $4, part = NULL, tries = $5,
           not_before = CASE WHEN $6::float8 > 0 THEN now() + $6::float8 * interval '1 millisecond' END
         FROM held
         WHERE l.batch_id = held.id AND l.line = $3 AND NOT l.is_settled`,
        of,
        line,
        requestId,
        tries,
        waitMs,
      ),
    async keyHash(keyId) {
      const { rows } = await pool.query<{ hash: Buffer }>(
        'SELECT secret_hash AS hash FROM api_keys WHERE id = $1',
        [keyId],
      );
      return rows[0]?.hash ?? Buffer.alloc(0);
    },
    async startFinalizing(of) {
      const { rows } = await pool.query<{ total: number }>(
        `UPDATE batches SET finalizing_at = coalesce(finalizing_at, now()),
           status = CASE status WHEN 'in_progress' THEN 'finalizing' ELSE status END
         WHERE ${mine} RETURNING total`,
        [of.id, of.leaseId],
      );
      if (!rows[0]) throw new LeaseLostError('Another gateway has the batch.');
      return rows[0].total;
    },
    async end(of, { status, errors, output, error, filesLiveMs, event }) {
      const files = [output, error].filter((file) => file != null);
      await changeMine(
        `WITH ended AS (
           UPDATE batches SET status = $3, address = '', errors = $4, output_file_id = $5, error_file_id = $6, ended_at = now(),
             lease_id = NULL, leased_until = NULL
           WHERE ${mine} RETURNING id, workspace_id
         ), lines AS (
           DELETE FROM batch_lines l USING ended e WHERE l.batch_id = e.id
         ), written AS (
           INSERT INTO files (id, workspace_id, purpose, filename, bytes, expires_at)
           SELECT f.id, e.workspace_id, 'batch_output', f.filename, f.bytes, now() + $7 * interval '1 millisecond'
           FROM ended e, unnest($8::text[], $9::text[], $10::bigint[]) AS f (id, filename, bytes)
         ), told AS (
           INSERT INTO webhook_events (id, workspace_id, type, payload, created_at)
           SELECT $11::uuid, e.workspace_id, $12, $13, $14::timestamptz FROM ended e
         )
         SELECT 1 FROM ended`,
        of,
        status,
        errors ? JSON.stringify(errors) : null,
        output?.id ?? null,
        error?.id ?? null,
        filesLiveMs,
        files.map(({ id }) => id),
        files.map(({ filename }) => filename),
        files.map(({ bytes }) => bytes),
        event.id,
        event.type,
        event.payload,
        event.createdAt,
      );
    },
  };
}
