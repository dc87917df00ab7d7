import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey, parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { demoLimits, rateLimits } from '#server/domain/rate-limits/limits.ts';
import { type ControlPlane, createControlPlane } from '#server/testing/control-plane.ts';
import { createWorkspace } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { callerFor } from '../root.ts';

describe('demo', () => {
  const clock = createFakeClock('2026-11-22T12:00:00Z');
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());
  const demo = (address: string) =>
    callerFor({ services: plane.services, session: null, address, requestId: 'test' }).demo;

  it('is not there without a house workspace', async () => {
    await createWorkspace(plane.services.db);
    await expect(demo('192.0.2.1').token()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('mints a key that does one thing for ten minutes, and one bucket for all of an address', async () => {
    const house = await createWorkspace(plane.services.db, { kind: 'house' });
    const minted = [
      await demo('192.0.2.2').token(),
      await demo('192.0.2.2').token(),
      await demo('192.0.2.3').token(),
    ];
    const rows = await Promise.all(
      minted.map(({ token }) =>
        plane.services.db.apiKey.findUniqueOrThrow({ where: { id: parseApiKey(token)?.id ?? '' } }),
      ),
    );
    for (const [i, row] of rows.entries()) {
      expect(row).toMatchObject({
        workspaceId: house.id,
        kind: 'short_lived',
        scopes: ['sentiment', 'images', 'text'],
        requestsPerMinute: demoLimits.requestsPerMinute,
        unitsPerMinute: demoLimits.unitsPerMinute,
        expiresAt: new Date('2026-11-22T12:10:00Z'),
        createdByUserId: null,
      });
      expect(Buffer.from(row.secretHash)).toEqual(hashApiKey(minted[i]?.token ?? ''));
      expect(row.rateBucket).toMatch(/^demo:[\w-]{32}$/);
    }
    expect(rows[0]?.rateBucket).toBe(rows[1]?.rateBucket);
    expect(rows[0]?.rateBucket).not.toBe(rows[2]?.rateBucket);
    expect(minted[0]).toMatchObject({
      apiUrl: 'http://api.test',
      expiresAt: new Date('2026-11-22T12:10:00Z'),
    });
  });

  it('is minted a few times an address', async () => {
    const { capacity } = rateLimits.demoTokenByAddress;
    for (let i = 0; i < capacity; i++) await demo('192.0.2.4').token();
    await expect(demo('192.0.2.4').token()).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await expect(demo('192.0.2.5').token()).resolves.toHaveProperty('token');
  });
});
