import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey, parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { plans } from '#server/domain/billing/plans.ts';
import { rateLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createMember, createUser } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { callerFor } from '../root.ts';

describe('a token of the playground', () => {
  const clock = createFakeClock('2026-11-26T12:00:00Z');
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());

  const callerOf = ({ session }: Pick<Person, 'session'>) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' });
  const mint = (person: Person) => callerOf(person).playground.token({ workspaceId: person.workspaceId });
  const rowOf = (token: string) =>
    plane.services.db.apiKey.findUniqueOrThrow({ where: { id: parseApiKey(token)?.id ?? '' } });

  it('calls the models for a quarter of an hour, within the plan, and is kept as a hash', async () => {
    const person = await createPerson(plane, { plan: 'pro' });
    const { token, apiUrl, expiresAt } = await mint(person);
    expect(token).toMatch(/^my_temp_/);
    expect([apiUrl, expiresAt]).toEqual(['http://api.test', new Date('2026-11-26T12:15:00Z')]);
    const row = await rowOf(token);
    expect(row).toMatchObject({
      workspaceId: person.workspaceId,
      createdByUserId: person.userId,
      kind: 'short_lived',
      name: 'Playground',
      scopes: ['sentiment', 'images', 'text', 'usage:read'],
      requestsPerMinute: plans.pro.requestsPerMinute,
      unitsPerMinute: plans.pro.unitsPerMinute,
      expiresAt,
    });
    expect(Buffer.from(row.secretHash)).toEqual(hashApiKey(token));
    expect(JSON.stringify(plane.logLines)).not.toContain(token);
    // It is nobody's key to see, rename or revoke.
    expect(await callerOf(person).apiKey.list({ workspaceId: person.workspaceId })).toEqual([]);
  });

  it('shares one bucket with the others of its member, and none with those of other members', async () => {
    const person = await createPerson(plane);
    const [first, second] = [await mint(person), await mint(person)];
    expect((await rowOf(first.token)).rateBucket).toBe((await rowOf(second.token)).rateBucket);
    const { id: userId, email, name } = await createUser(plane.services.db);
    await createMember(plane.services.db, { workspaceId: person.workspaceId, userId, role: 'developer' });
    const colleague = {
      ...person,
      session: { ...person.session, user: { id: userId, email, name, isOperator: false } },
    };
    const third = await mint(colleague);
    expect((await rowOf(third.token)).rateBucket).not.toBe((await rowOf(first.token)).rateBucket);
  });

  it('is minted a few times a person', async () => {
    const person = await createPerson(plane);
    for (let i = 0; i < rateLimits.playgroundTokenByUser.capacity; i++) await mint(person);
    await expect(mint(person)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await expect(mint(await createPerson(plane))).resolves.toHaveProperty('token');
  });

  it('is not for a viewer, nor for a workspace that is suspended', async () => {
    const viewer = await createPerson(plane, { role: 'viewer' });
    await expect(mint(viewer)).rejects.toMatchObject({ cause: { code: 'permission_missing' } });
    const owner = await createPerson(plane);
    await plane.services.db.workspace.update({
      where: { id: owner.workspaceId },
      data: { status: 'suspended' },
    });
    await expect(mint(owner)).rejects.toMatchObject({ cause: { code: 'workspace_suspended' } });
  });
});
