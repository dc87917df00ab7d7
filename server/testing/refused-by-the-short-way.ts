import type pg from 'pg';
import type { AdmitRequest } from '#server/domain/usage/metering.ts';
import { settleAndAdmitAll } from '#server/platform/metering/settle-and-admit.ts';
import { admitRequest, type Customer } from './metering-requests.ts';

type Change = (pool: pg.Pool, one: Customer) => Promise<unknown>;

const untouched: Change = async () => {};

function set(table: string, column: string, value: string): Change {
  return (pool, { workspaceId, keyId }) =>
    table === 'api_keys'
      ? pool.query(`UPDATE api_keys SET ${column} = ${value} WHERE id = $1`, [keyId])
      : pool.query(`UPDATE ${table} SET ${column} = ${value} WHERE workspace_id = $1`, [workspaceId]);
}

function drain(what: 'requests' | 'units'): Change {
  return (pool, { workspaceId }) =>
    pool.query(
      `UPDATE rate_buckets SET ${what} = 1, refilled_at = now() + interval '1 hour' WHERE bucket = 'workspace:' || $1`,
      [workspaceId],
    );
}

const allow: Change = (pool, { workspaceId, keyId }) =>
  pool.query('INSERT INTO key_allowances (workspace_id, key_id, period_start) VALUES ($1, $2, now())', [
    workspaceId,
    keyId,
  ]);

const suspend: Change = (pool, { workspaceId }) =>
  pool.query(`UPDATE workspaces SET status = 'suspended' WHERE id = $1`, [workspaceId]);

const forget: Change = (pool, { workspaceId }) =>
  pool.query(`DELETE FROM rate_buckets WHERE bucket = 'workspace:' || $1`, [workspaceId]);

const expire: Change = async (pool, one) => {
  const call = { pool, holdMs: 60_000, timeoutMs: 5_000 };
  await settleAndAdmitAll(call, [{ request: admitRequest(one, { unitsMax: 10, microUsdMax: 20 }) }]);
  await set('holds', 'expires_at', `now() - interval '1 s'`)(pool, one);
};

/** What the functions that decide over one key leave to the others: two requests of ten units, of a key in that state. */
export const refusedByTheShortWay: [string, Change, Partial<AdmitRequest>?][] = [
  ['a revoked key', set('api_keys', 'revoked_at', 'now()')],
  ['an expired key', set('api_keys', 'expires_at', `now() - interval '1 s'`)],
  ['a secret that was replaced', set('api_keys', 'secret_hash', `'\\x00'`)],
  ['a scope that is missing', set('api_keys', 'scopes', `'{images}'`)],
  ['a model that is not named', set('api_keys', 'models', `'{other}'`)],
  ['a key that restricts addresses', set('api_keys', 'allowed_addresses', `'{192.0.2.0/24}'`)],
  ['an origin that is not named', untouched, { origin: 'https://app.example.com' }],
  ['a key with an allowance', allow],
  ['a suspended workspace', suspend],
  ['another month', set('allowances', 'period_start', `period_start - interval '1 month'`)],
  ['the end of a quota', set('allowances', 'quota_units', '1010')],
  ['the end of a budget', set('allowances', 'budget_micro_usd', '1012')],
  ['all places taken', set('allowances', 'concurrency_max', '1')],
  ['a key that has not been counted', forget],
  ['too few requests left', drain('requests')],
  ['too few units left', drain('units')],
  ['more than a minute’s units', set('api_keys', 'units_per_minute', '5')],
  ['a hold that has expired', expire],
  ['a request that is unknown', untouched, { keyId: 'unknown' }],
  ['a secret that is wrong', untouched, { keyHash: Buffer.alloc(32) }],
];
