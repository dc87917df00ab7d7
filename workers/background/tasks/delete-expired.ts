import type { Pool } from 'pg';
import { retention } from '#server/domain/rate-limits/limits.ts';

/** By the database's clock. What keys and sessions did is in the ledger and the audit log, and stays there. */
const deletions = [
  {
    of: 'shortLivedKeys',
    afterMs: retention.expiredShortLivedKeysMs,
    // That of a batch is there as long as the batch, which names it.
    sql: `DELETE FROM api_keys k WHERE kind = 'short_lived' AND expires_at < now() - $1 * interval '1 millisecond'
      AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.key_id = k.id)`,
  },
  {
    of: 'sessions',
    afterMs: retention.endedSessionsMs,
    sql: `DELETE FROM sessions WHERE least(expires_at, revoked_at) < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'mailLinks',
    afterMs: retention.expiredMailLinksMs,
    sql: `DELETE FROM email_tokens WHERE expires_at < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'unconfirmedUsers',
    afterMs: retention.unconfirmedUsersMs,
    sql: `DELETE FROM users u WHERE email_verified_at IS NULL AND created_at < now() - $1 * interval '1 millisecond'
      AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id)
      AND NOT EXISTS (SELECT 1 FROM email_tokens t WHERE t.user_id = u.id AND t.used_at IS NULL AND t.expires_at > now())`,
  },
  {
    of: 'outboxMails',
    afterMs: retention.outboxMailsMs,
    sql: `DELETE FROM outbox_mails WHERE created_at < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'webhookEvents',
    afterMs: retention.webhookEventsMs,
    sql: `DELETE FROM webhook_events WHERE created_at < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'idempotencyKeys',
    afterMs: 0,
    sql: `DELETE FROM idempotency_keys WHERE expires_at < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'feedback',
    afterMs: retention.feedbackMs,
    sql: `DELETE FROM feedback WHERE updated_at < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'budgetAlerts',
    // An alert is looked for in its own month alone, to send it once.
    afterMs: retention.budgetAlertsMs,
    sql: `DELETE FROM budget_alerts
      WHERE date_add(period_start, '1 month', 'UTC') < now() - $1 * interval '1 millisecond'`,
  },
  {
    of: 'rateBuckets',
    afterMs: retention.rateBucketsMs,
    sql: `DELETE FROM rate_buckets WHERE refilled_at < now() - $1 * interval '1 millisecond'`,
  },
] as const;

export type DeletedRows = Readonly<Record<(typeof deletions)[number]['of'], number>>;

export async function deleteExpired(pool: Pool): Promise<DeletedRows> {
  const counts: [string, number][] = [];
  for (const { of, afterMs, sql } of deletions) {
    const { rowCount } = await pool.query(sql, [afterMs]);
    counts.push([of, rowCount ?? 0]);
  }
  return Object.fromEntries(counts) as DeletedRows;
}
