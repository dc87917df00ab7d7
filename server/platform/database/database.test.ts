import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import {
  createApiKey,
  createMember,
  createSession,
  createUser,
  createWorkspace,
} from '#server/testing/factories.ts';

describe('the database of a test', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('is empty, migrated, and another one for each caller', async () => {
    const other = await createTestDatabase();
    await createWorkspace(database.prisma, { slug: 'mine' });
    expect(await other.prisma.workspace.count()).toBe(0);
    expect(await database.prisma.workspace.count()).toBe(1);
    await other.drop();
  });

  it('takes what the factories make', async () => {
    const workspace = await createWorkspace(database.prisma, { quotaUnits: 500 });
    const user = await createUser(database.prisma);
    await createMember(database.prisma, { workspaceId: workspace.id, userId: user.id, role: 'viewer' });
    const key = await createApiKey(database.prisma, { workspaceId: workspace.id, createdByUserId: user.id });
    await createSession(database.prisma, { userId: user.id });
    const { rows } = await database.pool.query('SELECT quota_units FROM allowances WHERE workspace_id = $1', [
      workspace.id,
    ]);
    expect(rows).toEqual([{ quota_units: '500' }]);
    expect(key.key).toContain(key.id);
  });

  it('leaves the process alive and comes back when its connections are cut', async () => {
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await Promise.all([database.pool.query('SELECT 1'), database.prisma.user.count()]);
    await database.pool.query(cut);
    await expect.poll(() => database.pool.query('SELECT 1').then((result) => result.rowCount)).toBe(1);
    await expect.poll(() => database.prisma.user.count().catch(() => 'away')).toBeGreaterThanOrEqual(0);
  });
});
