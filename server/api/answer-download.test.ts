import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionCookieName } from '#server/auth/session-cookie.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';
import { fileLimits, rateLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { answerDownload } from './answer-download.ts';

const filename = 'résumé "(1)".jsonl';

describe('a download', () => {
  const clock = createFakeClock(new Date());
  let plane: ControlPlane;
  let blobsDir: string;
  beforeAll(async () => {
    blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
    plane = await createControlPlane({ clock, blobsDir });
  });
  beforeEach(() => plane.database.pool.query('DELETE FROM rate_buckets'));
  afterAll(async () => {
    await plane.drop();
    await rm(blobsDir, { recursive: true });
  });

  const piecesOf = (count: number) => Array.from({ length: count }, (_, i) => Buffer.alloc(64 * 1024, i));
  const createFile = async (workspaceId: string, count = 1): Promise<string> => {
    const file = { id: `file-${crypto.randomUUID()}`, workspaceId };
    const { bytes } = await plane.services.blobs.write(fileBlob(file), Readable.from(piecesOf(count)));
    const expiresAt = new Date(clock.now().getTime() + fileLimits.lifetimeMs);
    await plane.services.db.file.create({
      data: { ...file, purpose: 'batch_output', filename, bytes, expiresAt },
    });
    return file.id;
  };
  const download = async (
    person: Person | null,
    wanted: { workspaceId: string; fileId: string },
    headers: Record<string, string> = {},
  ) => {
    const { sessionSecret, webUrl } = plane.services;
    const sessionId = person?.session.sessionId;
    const token = await encode({ token: { sessionId }, secret: sessionSecret });
    const request = new Request('http://web.test/api/workspaces/x/files/y', {
      headers: { 'x-modelyard-client-address': '203.0.113.5', ...headers },
    });
    if (person) request.headers.set('cookie', `${sessionCookieName(webUrl)}=${token}`);
    return answerDownload(request, plane.services, wanted);
  };

  it('is a file to keep, whole and under its own name', async () => {
    const person = await createPerson(plane, { role: 'developer' });
    const { workspaceId } = person;
    const response = await download(person, { workspaceId, fileId: await createFile(workspaceId, 40) });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-disposition': "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9%20%22%281%29%22.jsonl",
      'content-type': 'application/octet-stream',
      'content-length': String(40 * 64 * 1024),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(piecesOf(40)))).toBe(true);
  });

  it('finds nothing of another workspace, by either id', async () => {
    const [ada, ben] = [await createPerson(plane), await createPerson(plane)];
    for (const [asking, asked] of [
      [ada, ben],
      [ben, ada],
    ] as const) {
      const fileId = await createFile(asked.workspaceId);
      for (const { workspaceId } of [asking, asked, { workspaceId: 'none' }]) {
        const response = await download(asking, { workspaceId, fileId });
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
      }
    }
  });

  it('is refused to nobody, to viewers, to other sites, and past the limit', async () => {
    const viewer = await createPerson(plane, { role: 'viewer' });
    const owner = await createPerson(plane);
    const fileId = await createFile(owner.workspaceId);
    const wanted = { workspaceId: owner.workspaceId, fileId };
    expect((await download(null, wanted)).status).toBe(401);
    const { workspaceId } = viewer;
    const seen = await download(viewer, { workspaceId, fileId: await createFile(workspaceId) });
    expect(seen.status).toBe(403);
    expect((await download(owner, wanted, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    await plane.database.pool.query('UPDATE rate_buckets SET requests = 0');
    const limited = await download(owner, wanted);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeLessThanOrEqual(
      rateLimits.rpcByAddress.windowMs / 1_000,
    );
  });

  it.each(['', 'file-\0', 'file-\ud800', '../../etc/passwd', 'x'.repeat(50_000), '__proto__'])(
    'of what is no id is not found: %j',
    async (odd) => {
      const person = await createPerson(plane);
      const { workspaceId } = person;
      for (const wanted of [
        { workspaceId, fileId: odd },
        { workspaceId: odd, fileId: await createFile(workspaceId) },
      ]) {
        const response = await download(person, wanted);
        expect(response.status).toBe(404);
        expect(await response.text()).not.toContain(odd.slice(0, 20) || 'undefined');
      }
    },
  );

  it('of a file that is gone or past its time is not found', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const fileId = await createFile(workspaceId);
    await plane.services.blobs.remove(fileBlob({ workspaceId, id: fileId }));
    expect((await download(person, { workspaceId, fileId })).status).toBe(404);
    const old = await createFile(workspaceId);
    await plane.services.db.file.update({ where: { id: old }, data: { expiresAt: clock.now() } });
    expect((await download(person, { workspaceId, fileId: old })).status).toBe(404);
  });
});
