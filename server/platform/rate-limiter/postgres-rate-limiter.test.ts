import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RateLimit, rateLimits } from '#server/domain/rate-limits/limits.ts';
import type { RateLimiter } from '#server/domain/rate-limits/rate-limiter.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createPostgresRateLimiter } from './postgres-rate-limiter.ts';
import { createSubjectHash } from './subject-hash.ts';

const hashSubject = createSubjectHash(randomBytes(32));
const limited = (signInByEmail: RateLimit) => ({ ...rateLimits, signInByEmail });
const hourMs = 3_600_000;

describe('rate limiter on PostgreSQL', () => {
  let database: TestDatabase;
  let one: RateLimiter;
  let other: RateLimiter;
  beforeAll(async () => {
    database = await createTestDatabase();
    const limits = limited({ capacity: 5, windowMs: hourMs });
    one = createPostgresRateLimiter({ db: database.prisma, hashSubject, limits });
    other = createPostgresRateLimiter({ db: database.prisma, hashSubject, limits });
  });
  afterAll(() => database.drop());

  it('lets exactly its capacity through, whichever process asks and however many at once', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).take('signInByEmail', 'race@example.com')),
    );
    expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(5);
  });

  it('counts each subject and each limit by itself', async () => {
    for (let i = 0; i < 5; i++) await one.take('signInByEmail', 'a@example.com');
    expect(await one.take('signInByEmail', 'a@example.com')).toMatchObject({ allowed: false });
    expect(await one.take('signInByEmail', 'b@example.com')).toEqual({ allowed: true });
    expect(await one.take('mailLinkByEmail', 'a@example.com')).toEqual({ allowed: true });
  });

  it('takes several calls or none of them', async () => {
    expect(await one.take('signInByEmail', 'batch', 4)).toEqual({ allowed: true });
    expect(await one.take('signInByEmail', 'batch', 2)).toMatchObject({ allowed: false });
    expect(await one.take('signInByEmail', 'batch', 1)).toEqual({ allowed: true });
    expect(await one.take('signInByEmail', 'fresh', 6)).toEqual({ allowed: false, retryAfterMs: hourMs });
  });

  it('says when the next call passes, and then it does', async () => {
    const quick = createPostgresRateLimiter({
      db: database.prisma,
      hashSubject,
      limits: limited({ capacity: 2, windowMs: 400 }),
    });
    await quick.take('signInByEmail', 'quick', 2);
    const refused = await quick.take('signInByEmail', 'quick');
    if (refused.allowed) throw new Error('The third call of two passed');
    expect(refused.retryAfterMs).toBeLessThanOrEqual(200);
    await new Promise((resolve) => setTimeout(resolve, refused.retryAfterMs + 20));
    expect(await quick.take('signInByEmail', 'quick')).toEqual({ allowed: true });
  });

  it('never fills beyond its capacity', async () => {
    await one.take('signInByEmail', 'old');
    await database.pool.query(`UPDATE rate_buckets SET refilled_at = refilled_at - interval '9 days'`);
    expect(await one.take('signInByEmail', 'old', 5)).toEqual({ allowed: true });
    expect(await one.take('signInByEmail', 'old')).toMatchObject({ allowed: false });
  });

  it('keeps no address and no email', async () => {
    await one.take('signInByAddress', '203.0.113.77');
    await one.take('signInByEmail', 'somebody@example.com');
    const { rows } = await database.pool.query<{ bucket: string }>('SELECT bucket FROM rate_buckets');
    const buckets = rows.map((row) => row.bucket).join('\n');
    expect(buckets).not.toMatch(/203\.0\.113|somebody/);
    expect(buckets).toMatch(/^signInByAddress:[\w-]{32}$/m);
  });

  it('refuses by throwing when the database is away', async () => {
    const gone = await createTestDatabase();
    const limiter = createPostgresRateLimiter({ db: gone.prisma, hashSubject, limits: rateLimits });
    await gone.drop();
    await expect(limiter.take('signInByEmail', 'x')).rejects.toThrow(/\$executeRaw/);
  });
});
