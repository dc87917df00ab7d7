import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createMember } from '#server/testing/factories.ts';
import { callerFor } from '../root.ts';

describe('workspaces', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane();
  });
  afterAll(() => plane.drop());
  const workspacesOf = ({ session }: Person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' }).workspace;

  it('lists the ones that the user is a member of, with the role', async () => {
    const [ada, ben] = [await createPerson(plane), await createPerson(plane)];
    await createMember(plane.services.db, {
      workspaceId: ben.workspaceId,
      userId: ada.userId,
      role: 'viewer',
    });
    expect(await workspacesOf(ada).list()).toMatchObject([
      { id: ada.workspaceId, role: 'owner', planId: 'free', kind: 'customer' },
      { id: ben.workspaceId, role: 'viewer' },
    ]);
    expect(await workspacesOf(ada).bySlug({ slug: ben.slug })).toMatchObject({
      id: ben.workspaceId,
      role: 'viewer',
    });
    expect(await workspacesOf(ben).list()).toHaveLength(1);
  });

  it('creates one with its owner, allowance and audit row', async () => {
    const person = await createPerson(plane);
    const { id, slug } = await workspacesOf(person).create({ name: 'Second Yard' });
    expect(slug).toBe('second-yard');
    const row = await plane.services.db.workspace.findUniqueOrThrow({
      where: { id },
      include: { allowance: true, memberships: true, auditEvents: true },
    });
    expect(row).toMatchObject({
      planId: 'free',
      allowance: { quotaUnits: 100_000n },
      memberships: [{ userId: person.userId, role: 'owner' }],
      auditEvents: [{ action: 'workspace.created', actorUserId: person.userId }],
    });
  });

  it('keeps no feedback until a manager switches it on, and tells how much there is', async () => {
    const [ada, ben] = [await createPerson(plane), await createPerson(plane)];
    const { workspaceId } = ada;
    expect(await workspacesOf(ada).feedback({ workspaceId })).toEqual({ keepsFeedback: false, kept: 0 });
    const on = { workspaceId, keepsFeedback: true };
    expect(await workspacesOf(ada).switchFeedback(on)).toEqual({ keepsFeedback: true, kept: 0 });
    await workspacesOf(ada).switchFeedback(on);
    await plane.services.db.feedback.create({
      data: { requestId: workspaceId, inputIndex: 0, workspaceId, label: 'negative', updatedAt: new Date() },
    });
    expect(await workspacesOf(ada).feedback({ workspaceId })).toEqual({ keepsFeedback: true, kept: 1 });
    const off = await workspacesOf(ada).switchFeedback({ workspaceId, keepsFeedback: false });
    expect(off).toEqual({ keepsFeedback: false, kept: 0 });
    const events = await plane.services.db.auditEvent.findMany({
      where: { workspaceId, action: { startsWith: 'feedback.' } },
      orderBy: { id: 'asc' },
    });
    expect(events).toMatchObject([
      { action: 'feedback.switched_on', actorUserId: ada.userId, detail: { deleted: 0 } },
      { action: 'feedback.switched_off', actorUserId: ada.userId, detail: { deleted: 1 } },
    ]);
    await expect(workspacesOf(ben).feedback({ workspaceId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(workspacesOf(ben).switchFeedback(on)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await createMember(plane.services.db, { workspaceId, userId: ben.userId, role: 'developer' });
    expect(await workspacesOf(ben).feedback({ workspaceId })).toMatchObject({ keepsFeedback: false });
    await expect(workspacesOf(ben).switchFeedback(on)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('keeps the slug when it is renamed, so that addresses last', async () => {
    const person = await createPerson(plane);
    await workspacesOf(person).rename({ workspaceId: person.workspaceId, name: 'New name' });
    expect(await workspacesOf(person).bySlug({ slug: person.slug })).toMatchObject({ name: 'New name' });
    const events = await plane.services.db.auditEvent.findMany({
      where: { workspaceId: person.workspaceId },
    });
    expect(events).toMatchObject([{ action: 'workspace.renamed', detail: { name: 'New name' } }]);
  });

  it('gives none of them a slug that an address of the console needs', async () => {
    const { slug } = await workspacesOf(await createPerson(plane)).create({ name: 'Settings' });
    expect(slug).toMatch(/^settings-[a-z0-9]{5}$/);
  });

  it('holds a user to their number of workspaces, also when several are made at once', async () => {
    const person = await createPerson(plane);
    const made = await Promise.allSettled(
      Array.from({ length: workspaceLimits.ownedPerUserMax + 3 }, (_, i) =>
        workspacesOf(person).create({ name: `Yard ${i}` }),
      ),
    );
    const refused = made.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(refused[0]?.reason).toMatchObject({ code: 'CONFLICT' });
    expect(await workspacesOf(person).list()).toHaveLength(workspaceLimits.ownedPerUserMax);
  });
});
