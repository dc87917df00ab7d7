import pg from 'pg';
import { startBenchDatabase } from './bench-database.ts';
import { hashApiKey, parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { admitMany } from '#server/platform/metering/admit-many.ts';
import { settleMany } from '#server/platform/metering/settle-many.ts';
import { cpuMsOfFamily } from './cpu-time.ts';
const db = await startBenchDatabase(1);
const key = db.keys[0] ?? '';
const pool = new pg.Pool({ connectionString: db.url, max: 1 });
for (const n of [1, 8, 32, 64]) {
  let ta = 0,
    ts = 0,
    ca = 0,
    cs = 0;
  const rounds = Math.ceil(6000 / n);
  const all: any[] = [];
  const c0 = await cpuMsOfFamily(db.postmasterPid);
  const n0 = process.cpuUsage();
  for (let i = 0; i < rounds; i++) {
    const rs = Array.from({ length: n }, () => ({
      requestId: newRequestId(),
      keyId: parseApiKey(key)!.id,
      keyHash: hashApiKey(key),
      scope: 'sentiment' as const,
      unitsMin: 1,
      unitsMax: 1,
      microUsdMax: 1,
      counted: false,
    }));
    const a = performance.now();
    const out = await admitMany({ pool, holdMs: 60000, timeoutMs: 5000 }, rs);
    if (out[0]?.verdict !== 'valid') throw new Error(JSON.stringify(out[0]));
    const b = performance.now();
    all.push(rs);
    ta += b - a;
  }
  ca = await cpuMsOfFamily(db.postmasterPid);
  const na = process.cpuUsage();
  for (const rs of all) {
    const b = performance.now();
    await settleMany(
      { pool, timeoutMs: 5000 },
      rs.map((r) => ({
        requestId: r.requestId,
        epoch: 0,
        task: 'sentiment',
        modelVersion: 'm',
        statusClass: 2 as const,
        inputUnits: 1,
        outputUnits: 0,
        unit: 'token' as const,
        priceMicroUsd: 1,
        priceVersion: 1,
        latencyMs: 3,
      })),
    );
    const c = performance.now();
    ts += c - b;
  }
  cs = await cpuMsOfFamily(db.postmasterPid);
  const n1 = process.cpuUsage();
  const ms = (x: any, y: any) => ((y.user + y.system - x.user - x.system) / 1000 / rounds).toFixed(3);
  console.log(
    'CPU ms/call pg admit',
    ((ca - c0) / rounds).toFixed(3),
    'settle',
    ((cs - ca) / rounds).toFixed(3),
    'node',
    ms(n0, na),
    ms(na, n1),
  );
  console.log(
    n,
    'admit ms/call',
    (ta / rounds).toFixed(2),
    'us/row',
    ((ta / rounds / n) * 1000).toFixed(0),
    'settle ms/call',
    (ts / rounds).toFixed(2),
    'us/row',
    ((ts / rounds / n) * 1000).toFixed(0),
  );
}
const t0 = performance.now();
for (let i = 0; i < 100; i++) await pool.query("select pg_logical_emit_message(true,'m','')");
console.log('sync commit ms', (performance.now() - t0) / 100);
await pool.query("load 'auto_explain'").catch((e) => console.log(String(e)));
await pool.end();
await db.stop();
