import { expect, it } from 'vitest';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { createAddressBuckets } from './address-buckets.ts';
import { createKnownOrigins } from './known-origins.ts';

function book(find: (origin: string) => Promise<boolean>) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const warned: string[] = [];
  const log = (_: object, message: string) => void warned.push(message);
  const origins = createKnownOrigins({
    find: (origin) => {
      asked.push(origin);
      return find(origin);
    },
    lookUps: createAddressBuckets({ limit: { capacity: 3, windowMs: 60_000 }, clock }),
    clock,
    logger: { debug: log, info: log, warn: log, error: log },
  });
  return { origins, asked, warned, clock };
}

it('asks once for many at the same time, and again after ten seconds', async () => {
  const { origins, asked, clock } = book(async () => true);
  const has = () => origins.has('https://app.example.com', '192.0.2.1');
  expect(await Promise.all([has(), has(), has()])).toEqual([true, true, true]);
  clock.advance(10_001);
  expect(await has()).toBe(true);
  expect(asked).toHaveLength(2);
});

it('looks up a bounded number for an address, and others for another', async () => {
  const { origins, asked } = book(async () => true);
  for (const n of [1, 2, 3]) expect(await origins.has(`https://n${n}.example.com`, '192.0.2.1')).toBe(true);
  expect(await origins.has('https://n4.example.com', '192.0.2.1')).toBe(false);
  expect(await origins.has('https://n4.example.com', '192.0.2.2')).toBe(true);
  expect(asked).toHaveLength(4);
});

it('goes on with what it has found where an address may look up no more', async () => {
  const { origins, asked, clock } = book(async (origin) => !origin.includes('unknown'));
  const has = (name: string) => origins.has(`https://${name}.example.com`, '192.0.2.1');
  expect([await has('app'), await has('unknown')]).toEqual([true, false]);
  clock.advance(10_001);
  for (const n of [1, 2, 3]) await has(`n${n}`);
  const before = asked.length;
  expect([await has('app'), await has('unknown'), await has('new')]).toEqual([true, false, false]);
  expect(asked).toHaveLength(before);
});

it.each(['null', '', 'file://', `https://${'a'.repeat(300)}`, 'https://a.example.com/path'])(
  'knows %j not, without asking',
  async (origin) => {
    const { origins, asked } = book(async () => true);
    expect(await origins.has(origin, '192.0.2.1')).toBe(false);
    expect(asked).toEqual([]);
  },
);

it('lets an answer go without its page where the database is silent', async () => {
  const { origins, warned } = book(() => new Promise(() => {}));
  expect(await origins.has('https://app.example.com', '192.0.2.1')).toBe(false);
  expect(warned).toHaveLength(1);
});

it('fails closed, and asks again at once', async () => {
  const { origins, asked, warned } = book(async () => {
    throw new Error('away');
  });
  expect(await origins.has('https://app.example.com', '192.0.2.1')).toBe(false);
  expect(await origins.has('https://app.example.com', '192.0.2.1')).toBe(false);
  expect([asked.length, warned.length]).toEqual([2, 2]);
});
