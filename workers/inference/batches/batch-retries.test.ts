import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { eventually } from '#server/testing/eventually.ts';
import { type RunnersUnderTest, runnersUnderTest } from '../testing/runner-under-test.ts';
import { createLinePlaces } from './line-places.ts';
import { createRestraint, retryTimes, setbackOf } from './retries.ts';
import type { LineAnswer, RunLine } from './run-line.ts';

let database: TestDatabase;
let runners: RunnersUnderTest;
beforeAll(async () => {
  database = await createTestDatabase();
  runners = await runnersUnderTest(database);
});
afterEach(() => runners.reset());
afterAll(async () => {
  await database.drop();
  await runners.remove();
});

const answered: LineAnswer = { status: 200, body: '{}', settle: async () => 'settled' };
const refusal = (code: string, settle: LineAnswer['settle'] = null): LineAnswer => ({
  status: 503,
  body: JSON.stringify({ error: { code } }),
  settle,
});
const failure = () => refusal('model_unavailable', async () => 'settled');
const numberOf = (body: string) => Number((JSON.parse(body) as { input: string }).input);

describe('a line', () => {
  it.each(['overloaded', 'database_unavailable', 'concurrency_limit_exceeded', 'rate_limit_exceeded'])(
    'that is refused with %s is run again for as long as it takes',
    async (code) => {
      let asked = 0;
      const runner = runners.startRunner(async () =>
        ++asked <= 3 * batchLimits.triesMax ? refusal(code) : answered,
      );
      const batch = await runners.endedAs(await runners.createLines(1), 'completed');
      await runner.close();
      expect(batch).toMatchObject({ completed: 1, failed: 0 });
      expect(asked).toBe(3 * batchLimits.triesMax + 1);
    },
  );

  it('that is refused until the batch expires says so', async () => {
    const runner = runners.startRunner(async ({ body }) =>
      numberOf(body) === 0 ? answered : refusal('overloaded'),
    );
    const batch = await runners.endedAs(await runners.createLines(3, { livesMs: 1_500 }), 'expired');
    await runner.close();
    expect(batch).toMatchObject({ completed: 1, failed: 0 });
    const rows = await runners.rowsOf(batch, batch.errorFileId);
    expect(rows.map(({ custom_id: id, response, error }) => [id, response, error?.code])).toEqual([
      ['1', null, 'batch_expired'],
      ['2', null, 'batch_expired'],
    ]);
  });

  it('that the model fails on holds nothing up, and ends after its tries', async () => {
    const asked: number[] = [];
    const runner = runners.startRunner(
      async ({ body }) => {
        asked.push(numberOf(body));
        return numberOf(body) === 0 ? failure() : answered;
      },
      { times: { lineFirstMs: 300, lineLongestMs: 300, refusedFirstMs: 1 } },
    );
    const batch = await runners.endedAs(await runners.createLines(200), 'completed');
    await runner.close();
    expect(batch).toMatchObject({ completed: 199, failed: 1 });
    expect(asked.filter((line) => line === 0)).toHaveLength(batchLimits.triesMax);
    expect(asked.slice(-3)).toEqual([0, 0, 0]);
    expect(await runners.rowsOf(batch, batch.errorFileId)).toMatchObject([
      { custom_id: '0', response: { status_code: 503, body: { error: { code: 'model_unavailable' } } } },
    ]);
  });

  it('that was put off is not run at once by the next gateway', async () => {
    const asked: number[] = [];
    const runLine: RunLine = async ({ body }) => {
      asked.push(numberOf(body));
      return numberOf(body) === 0 ? failure() : answered;
    };
    const times = { lineFirstMs: 60_000, lineLongestMs: 60_000 };
    const first = runners.startRunner(runLine, { times });
    const id = await runners.createLines(4);
    const lineOfBatch = () => database.prisma.batchLine.findFirst({ where: { batchId: id, line: 1 } });
    await eventually(async () => expect((await lineOfBatch())?.tries).toBe(1));
    await first.close();
    await database.prisma.batch.update({ where: { id }, data: { leasedUntil: null } });
    const second = runners.startRunner(runLine, { times });
    await eventually(async () =>
      expect((await database.prisma.batch.findUniqueOrThrow({ where: { id } })).completed).toBe(3),
    );
    await pause(100);
    await second.close();
    expect(asked.filter((line) => line === 0)).toHaveLength(1);
    expect(await lineOfBatch()).toMatchObject({ tries: 1, isSettled: false });
  });
});

describe('a batch', () => {
  it('outlasts a model that fails on every line for a while, and loses none', async () => {
    let asked = 0;
    const outageCalls = 4 * 10;
    const runner = runners.startRunner(async () => (++asked <= outageCalls ? failure() : answered), {
      times: { refusedFirstMs: 1, refusedLongestMs: 2, lineFirstMs: 1, lineLongestMs: 60 },
    });
    const batch = await runners.endedAs(await runners.createLines(10), 'completed');
    await runner.close();
    expect(batch).toMatchObject({ completed: 10, failed: 0 });
  });

  it('that is refused asks ever more seldom, with a line at a time', async () => {
    let running = 0;
    let most = 0;
    const askedAt: number[] = [];
    const runner = runners.startRunner(
      async () => {
        askedAt.push(performance.now());
        if (askedAt.length > 4) most = Math.max(most, ++running);
        await pause(2);
        running--;
        return refusal('overloaded');
      },
      { times: { refusedFirstMs: 20, refusedLongestMs: 10_000 } },
    );
    await runners.createLines(100);
    await eventually(() => expect(askedAt.length).toBeGreaterThan(0));
    await pause(1_500);
    await runner.close();
    expect(askedAt.length).toBeLessThan(14);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('that is refused leaves its turn to others, and ends at once where it is cancelled', async () => {
    const refused = await runners.createLines(5);
    const refusedKey = (await database.prisma.batch.findUniqueOrThrow({ where: { id: refused } })).keyId;
    let wasRefused = false;
    const runner = runners.startRunner(
      async ({ keyId }) => {
        if (keyId !== refusedKey) return answered;
        wasRefused = true;
        return refusal('overloaded');
      },
      { times: { refusedFirstMs: 40_000, refusedLongestMs: 40_000 } },
    );
    await eventually(() => expect(wasRefused).toBe(true));
    await runners.endedAs(await runners.createLines(5), 'completed');
    const { status, leasedUntil } = await database.prisma.batch.findUniqueOrThrow({ where: { id: refused } });
    expect(status).toBe('in_progress');
    expect(leasedUntil?.getTime()).toBeGreaterThan(Date.now() + 10_000);
    await database.prisma.batch.update({ where: { id: refused }, data: { status: 'cancelling' } });
    expect(await runners.endedAs(refused, 'cancelled')).toMatchObject({ completed: 0, failed: 0 });
    await runner.close();
  });

  it('that is refused for longer than it has left expires in time', async () => {
    const runner = runners.startRunner(async () => refusal('overloaded'), {
      times: { refusedFirstMs: 600_000, refusedLongestMs: 600_000 },
    });
    const id = await runners.createLines(2, { livesMs: 1_000 });
    await runners.endedAs(id, 'expired');
    await runner.close();
  });
});

it('begins no line while a call waits for the place of one', async () => {
  const places = createLinePlaces();
  const { signal } = new AbortController();
  let asked = 0;
  let freed: Promise<boolean> | undefined;
  let leave = () => {};
  const runner = runners.startRunner(
    async ({ keyId }) => {
      asked++;
      if (asked > 1) return answered;
      const { workspaceId } = await database.prisma.apiKey.findUniqueOrThrow({ where: { id: keyId } });
      const wanted = places.wantOne(workspaceId);
      // One line, one call that waits.
      expect(places.wantOne(workspaceId)).toBeNull();
      freed = wanted?.freed({ untilMs: performance.now() + 10_000, signal });
      leave = () => wanted?.leave();
      return answered;
    },
    { places },
  );
  const id = await runners.createLines(3, { ofKey: 1 });
  await eventually(() => expect(asked).toBe(1));
  await pause(20);
  expect(await freed).toBe(true);
  await pause(200);
  expect(asked).toBe(1);
  leave();
  expect(await runners.endedAs(id, 'completed')).toMatchObject({ completed: 3 });
  await runner.close();
  const { workspaceId } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
  expect(places.wantOne(workspaceId)).toBeNull();
  expect(places.isWanted(workspaceId)).toBe(false);
});

describe('how long it waits', () => {
  it('doubles with each setback in a row, with some chance in it, and ends with what goes through', () => {
    let nowMs = 1_000;
    let chance = 0.5;
    const restraint = createRestraint(retryTimes, { nowMs: () => nowMs, random: () => chance });
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      restraint.setBack('refused');
      waits.push(Math.round(restraint.leftMs()));
      // Of those that were under way together, the others say nothing new.
      restraint.setBack('refused');
      nowMs += restraint.leftMs();
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000]);
    chance = 0;
    restraint.setBack('crowded');
    expect(restraint.leftMs()).toBeCloseTo(800);
    restraint.wentThrough();
    expect([restraint.leftMs(), restraint.setbacks]).toEqual([0, 0]);
  });

  it('is longer for a line, and longest where no other goes through', () => {
    let nowMs = 1_000;
    const restraint = createRestraint(retryTimes, { nowMs: () => nowMs, random: () => 0.5 });
    const seconds = () =>
      [1, 2, 3, 4, 5, 6, 7].map((tries) => Math.round(restraint.lineWaitMs(tries) / 1_000));
    restraint.setBack('failed');
    expect(seconds()).toEqual([12, 12, 12, 27, 81, 243, 729]);
    for (let i = 0; i < 10; i++) {
      nowMs += restraint.leftMs();
      restraint.setBack('failed');
    }
    expect(seconds()).toEqual([3_600, 3_600, 3_600, 3_600, 3_600, 3_600, 3_600]);
  });

  it('is bounded for what the model did not manage in time, and not for what was refused at once', () => {
    expect(setbackOf('overloaded', 20)).toBe('refused');
    expect(setbackOf('overloaded', 29_000)).toBe('failed');
    expect(setbackOf('model_unavailable', 20)).toBe('failed');
    expect(setbackOf('insufficient_quota', 20)).toBeNull();
    expect(setbackOf('invalid_request', 20)).toBeNull();
  });
});
