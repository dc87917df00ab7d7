import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';
import { expectInLedgerOnce, readBooks } from '../testing/books.ts';
import { parseEvents } from '../testing/server-sent-events.ts';

let database: TestDatabase;
const started: TestProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database.drop();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.stop()));
});

async function gateways(count: number, env: Record<string, string>) {
  const made = await Promise.all(
    Array.from({ length: count }, () =>
      startInference({
        databaseUrl: database.url,
        env: { INFERENCE_RUNTIME: 'fake', LOG_LEVEL: 'warn', ...env },
      }),
    ),
  );
  started.push(...made);
  return made;
}

async function customerWith(quotaUnits: number) {
  const { id: workspaceId } = await createWorkspace(database.prisma, { quotaUnits });
  const { key } = await createApiKey(database.prisma, { workspaceId });
  return { key, workspaceId, books: () => readBooks(database.pool, workspaceId) };
}

interface Streamed {
  readonly status: number;
  /** All that came, also of a stream that broke off. */
  readonly text: string;
  readonly isWhole: boolean;
}

async function stream(
  url: string,
  key: string,
  body: object,
  onText?: (text: string) => void,
): Promise<Streamed> {
  let text = '';
  let status = 0;
  try {
    const response = await fetch(`${url}/v1/text/generate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ stream: true, ...body }),
    });
    status = response.status;
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString();
      onText?.(text);
    }
    return { status, text, isWhole: true };
  } catch {
    return { status, text, isWhole: false };
  }
}
const tokensIn = (text: string) => text.split('"text_generation.text"').length - 1;
const receiptOf = (text: string) => parseEvents(text).find(({ name }) => name === 'finished')?.json;

describe('a stream whose gateway is killed', () => {
  it('is settled at its last saved point: no more than was sent, at most a second less', async () => {
    const tokenMs = 10;
    const [first, second] = await gateways(2, { FAKE_RUNTIME_LATENCY_MS: String(tokenMs), HOLD_MS: '2000' });
    if (!first || !second) throw new Error('not two');
    const { key, workspaceId, books } = await customerWith(1_000_000);
    const prompt = 'write 2000';
    const running = Array.from({ length: 6 }, () => stream(first.url, key, { prompt, max_tokens: 2_000 }));
    await sleep(2_500);
    await first.kill('SIGKILL');
    const broken = await Promise.all(running);
    const cut = broken.filter(({ isWhole }) => !isWhole);
    expect(cut).toHaveLength(6);
    const atDeath = await books();
    expect(atDeath.heldRequests).toBe(cut.length);

    await sleep(2_500);
    // The next admission of the workspace, at any gateway, settles what the dead one left.
    const next = await stream(second.url, key, { prompt, max_tokens: 1 });
    expect(next.status).toBe(200);
    const rows = await database.prisma.usageRecord.findMany({ where: { workspaceId } });
    expect(rows).toHaveLength(broken.length + 1);
    expect(rows.every(({ statusClass, inputUnits }) => statusClass === 2 && inputUnits === 2n)).toBe(true);
    for (const { text } of cut) {
      const id = parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2))[0]?.json.id as string;
      const row = rows.find((one) => `req_${one.id.replaceAll('-', '')}` === id);
      const [billed, sent] = [Number(row?.outputUnits), tokensIn(text)];
      // What was on its way when it died never came.
      expect(billed).toBeLessThanOrEqual(sent + 5);
      expect(billed).toBeGreaterThanOrEqual(Math.max(1, sent - 1_000 / tokenMs));
    }
    const after = await books();
    expect(after).toMatchObject({ heldUnits: 0, heldRequests: 0, holds: 0 });
    expect(after.spent).toBe(after.ledgerUnits);
    expect(after.rolledUnits).toBe(after.ledgerUnits);
  });
});

describe('a gateway that is asked to stop', () => {
  it('lets its streams come to their end, and leaves no hold', async () => {
    const [gateway] = await gateways(1, { FAKE_RUNTIME_LATENCY_MS: '60' });
    if (!gateway) throw new Error('none');
    const { key, books } = await customerWith(1_000_000);
    let stopping: Promise<void> | undefined;
    const running = Array.from({ length: 10 }, () =>
      stream(gateway.url, key, { prompt: 'two words' }, () => {
        stopping ??= gateway.stop();
      }),
    );
    const streams = await Promise.all(running);
    await stopping;
    expect(gateway.process.exitCode).toBe(0);
    expect(streams.every(({ isWhole, text }) => isWhole && receiptOf(text))).toBe(true);
    expect(await books()).toMatchObject({ ledger: 10, spent: 10 * 14, heldUnits: 0, holds: 0 });
  });
});

describe('two gateways on one database', () => {
  it('with units left for exactly 10 of 15 concurrent streams, give 10, each billed as it was told', async () => {
    const both = await gateways(2, { FAKE_RUNTIME_LATENCY_MS: '20' });
    // Each costs 4. Of what is left after ten, an eleventh gets its beginning: nothing of a quota stays unspendable.
    const { key, workspaceId, books } = await customerWith(40 + 3);
    const all = await Promise.all(
      Array.from({ length: 15 }, (_, i) =>
        stream(both[i % 2]?.url ?? '', key, { prompt: 'a', max_tokens: 3 }),
      ),
    );
    const fine = all.filter(({ status }) => status === 200);
    const whole = fine.map(({ text }) => receiptOf(text)).filter((receipt) => receipt?.usage.units === 4);
    expect(whole).toHaveLength(10);
    await expectInLedgerOnce(
      database.pool,
      fine.map(({ text }) => receiptOf(text).id),
    );
    const { spent, ledgerUnits } = await books();
    expect(spent).toBe(43);
    expect(spent).toBe(ledgerUnits);
    const told = fine.reduce((sum, { text }) => sum + receiptOf(text).usage.units, 0);
    expect(told).toBe(ledgerUnits);
    expect(await database.prisma.hold.count({ where: { workspaceId } })).toBe(0);
  });

  it('never let streams be acknowledged beyond the quota, whatever breaks off', async () => {
    const both = await gateways(2, { FAKE_RUNTIME_LATENCY_MS: '10', HOLD_MS: '1500' });
    const { key, books } = await customerWith(300);
    const running = Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        stream(both[i % 2]?.url ?? '', key, { prompt: 'a', max_tokens: 12 }),
      ),
    );
    await sleep(150);
    await both[0]?.kill('SIGKILL');
    const told = (await running)
      .filter(({ isWhole, status }) => isWhole && status === 200)
      .reduce((sum, { text }) => sum + (receiptOf(text)?.usage.units ?? 0), 0);
    const now = await books();
    expect(told).toBeLessThanOrEqual(now.spent);
    expect(now.spent + now.heldUnits).toBeLessThanOrEqual(300);
    await sleep(2_000);
    await database.pool.query('SELECT reap_expired_holds()');
    const after = await books();
    expect(after).toMatchObject({ heldUnits: 0, heldRequests: 0, holds: 0 });
    expect(after.spent).toBe(after.ledgerUnits);
    expect(after.spent).toBeLessThanOrEqual(300);
  });
});
