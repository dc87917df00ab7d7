import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey as makeApiKey } from '#server/domain/api-keys/create-api-key.ts';
import type { Mail } from '#server/domain/mail/mail.ts';
import { createEndpoint } from '#server/domain/webhooks/create-endpoint.ts';
import { sendTestEvent } from '#server/domain/webhooks/send-test-event.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { createOutboxSender } from '#server/platform/mail/outbox-sender.ts';
import { type ControlPlane, createControlPlane, createPerson } from '#server/testing/control-plane.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startReceiver, type WebhookReceiver, webhookDependencies } from '#server/testing/webhooks.ts';
import { runBackgroundOnce } from './run-background-once.ts';
import { startBackground } from './start-background.ts';
import type { BackgroundDependencies } from './task-list.ts';
import { reapExpiredHolds } from './tasks/reap-expired-holds.ts';

const mail: Mail = { to: 'ada@example.com', subject: 'Hello', text: 'Follow #token=abc', html: '<p>abc</p>' };

describe('background', () => {
  let plane: ControlPlane;
  let blobsDir: string;
  let dependencies: BackgroundDependencies;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    plane = await createControlPlane({ webhooksToPrivateAddresses: true });
    const { db, clock, mailSeal, mailQueue, logger, webUrl } = plane.services;
    const sender = createOutboxSender({ db, mailSeal });
    blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
    const blobs = createFolderBlobStore(blobsDir);
    receiver = await startReceiver();
    const webhooks = webhookDependencies(plane, { receiver });
    dependencies = {
      pool: plane.database.pool,
      db,
      clock,
      logger,
      sender,
      mailSeal,
      mailQueue,
      webUrl,
      webhooks,
      blobs,
    };
  });
  afterAll(async () => {
    await receiver.close();
    await plane.drop();
    await rm(blobsDir, { recursive: true, force: true });
  });
  const enqueue = () =>
    plane.services.db.$transaction((transaction) => plane.services.mailQueue.enqueue(transaction, mail));
  const outbox = () => plane.services.db.outboxMail.findMany();
  const jobs = async () => (await plane.database.pool.query('SELECT * FROM graphile_worker.jobs')).rows;

  it('drains what is due and returns, the mail sealed on all of its way', async () => {
    await enqueue();
    const { rows } = await plane.database.pool.query(
      'SELECT payload::text FROM graphile_worker._private_jobs',
    );
    expect(JSON.stringify(rows)).not.toMatch(/ada@example|token|Hello/);
    await runBackgroundOnce(dependencies);
    const [sent] = await outbox();
    expect(sent).toMatchObject({ recipient: mail.to, subject: mail.subject });
    expect(JSON.stringify(sent)).not.toContain('token');
    expect(plane.services.mailSeal.open(sent?.text ?? '')).toBe(mail.text);
    expect(await jobs()).toEqual([]);
  });

  it('lets go of a mail that could not be handed over a week after it was given up', async () => {
    await enqueue();
    await enqueue();
    await enqueue();
    const age = (id: string, attempts: string, days: number) =>
      plane.database.pool.query(
        `UPDATE graphile_worker._private_jobs SET attempts = ${attempts}, run_at = now() + interval '1 day',
           updated_at = now() - $2 * interval '1 day' WHERE id = $1`,
        [id, days],
      );
    const [old, lately, waiting] = (await jobs()).map(({ id }) => id as string);
    await age(old ?? '', 'max_attempts', 8);
    await age(lately ?? '', 'max_attempts', 6);
    await age(waiting ?? '', 'max_attempts - 1', 8);
    await runBackgroundOnce(dependencies);
    expect((await jobs()).map(({ id }) => id as string).sort()).toEqual([lately, waiting].sort());
    await plane.database.pool.query('DELETE FROM graphile_worker._private_jobs');
  });

  it('sends nothing of a transaction that was rolled back', async () => {
    const rolledBack = plane.services.db.$transaction(async (transaction) => {
      await plane.services.mailQueue.enqueue(transaction, mail);
      throw new Error('Changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('Changed my mind');
    expect(await jobs()).toEqual([]);
  });

  it('picks up what is queued while it runs, and finishes it before it stops', async () => {
    await plane.services.db.outboxMail.deleteMany();
    const slow = {
      ...dependencies,
      sender: {
        async send(letter: Mail) {
          await pause(300);
          await dependencies.sender.send(letter);
        },
      },
    };
    const background = await startBackground(slow);
    await enqueue();
    await expect.poll(async () => (await jobs())[0]?.locked_at ?? null, { timeout: 10_000 }).not.toBeNull();
    await background.stop();
    expect(await outbox()).toHaveLength(1);
    expect(await jobs()).toEqual([]);
  });

  it('tries a mail again that could not be sent, and logs neither it nor its address', async () => {
    let attempts = 0;
    const failing = {
      ...dependencies,
      sender: {
        async send(letter: Mail) {
          attempts += 1;
          throw new Error(`550 no such mailbox ${letter.to}: ${letter.text}`);
        },
      },
    };
    await enqueue();
    await runBackgroundOnce(failing);
    expect(attempts).toBe(1);
    expect(await jobs()).toMatchObject([{ attempts: 1, max_attempts: 10, locked_at: null }]);
    expect(JSON.stringify(await jobs())).toContain('not handed over');
    expect(JSON.stringify(await jobs())).not.toMatch(/token=|ada@example/);
    expect(plane.logLines.join('\n')).toContain('A job failed.');
    expect(plane.logLines.join('\n')).not.toMatch(/token=|ada@example/);
    await plane.database.pool.query(
      `UPDATE graphile_worker._private_jobs SET run_at = now() - interval '1 minute'`,
    );
    await runBackgroundOnce(dependencies);
    expect(await jobs()).toEqual([]);
  });

  describe('webhooks', () => {
    async function listening() {
      const { workspaceId, userId } = await createPerson(plane);
      const settings = { url: receiver.url, eventTypes: ['key.created' as const] };
      const { endpoint } = await createEndpoint(plane.services, { workspaceId, userId, ...settings });
      receiver.received.length = 0;
      return { workspaceId, userId, endpointId: endpoint.id };
    }
    const told = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

    it('leave within seconds of what happened, while mail waits for nothing', async () => {
      const { workspaceId, userId, endpointId } = await listening();
      receiver.answerWith(() => {});
      const background = await startBackground(dependencies);
      await sendTestEvent(plane.services, { workspaceId, endpointId });
      await expect.poll(told, { timeout: 10_000 }).toEqual(['webhook.test']);
      await plane.services.db.outboxMail.deleteMany();
      await enqueue();
      await expect.poll(outbox, { timeout: 10_000 }).toHaveLength(1);

      receiver.answerWith((response) => response.writeHead(204).end());
      await makeApiKey(plane.services, { workspaceId, userId, name: 'web' });
      await expect.poll(told, { timeout: 10_000 }).toEqual(['webhook.test', 'key.created']);
      await background.stop();
    });

    it('leave with --once too, and a failure is tried again within seconds', async () => {
      const { workspaceId, userId } = await listening();
      await plane.database.pool.query('DELETE FROM graphile_worker._private_jobs');
      await makeApiKey(plane.services, { workspaceId, userId, name: 'web' });
      receiver.answerWith((response) => response.writeHead(500).end());
      await runBackgroundOnce(dependencies);
      expect(told()).toEqual(['key.created']);
      const failed = plane.logLines.filter((line) => line.includes('deliver-webhook'));
      expect(failed).toEqual([]);
      expect(await jobs()).toMatchObject([{ task_identifier: 'deliver-webhook', attempts: 0 }]);
      await plane.database.pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
      receiver.answerWith((response) => response.writeHead(204).end());
      await runBackgroundOnce(dependencies);
      expect(told()).toEqual(['key.created', 'key.created']);
      expect(await jobs()).toEqual([]);
    });
  });

  it('gives back what expired holds kept', async () => {
    const { id: workspaceId } = await createWorkspace(plane.services.db);
    const { id: keyId } = await createApiKey(plane.services.db, { workspaceId });
    await plane.services.db.hold.createMany({
      data: [-1_000, 60_000].map((inMs, i) => ({
        requestId: `0193a000-0000-7000-8000-00000000000${i}`,
        workspaceId,
        keyId,
        units: 7n,
        microUsd: 7n,
        expiresAt: new Date(Date.now() + inMs),
      })),
    });
    await plane.services.db.allowance.update({
      where: { workspaceId },
      data: { heldUnits: 14n, heldMicroUsd: 14n, heldRequests: 2 },
    });
    const released = await Promise.all([1, 2, 3].map(() => reapExpiredHolds(plane.database.pool)));
    expect(released.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await plane.services.db.allowance.findUnique({ where: { workspaceId } })).toMatchObject({
      heldUnits: 7n,
      heldMicroUsd: 7n,
      heldRequests: 1,
    });
  });
});
