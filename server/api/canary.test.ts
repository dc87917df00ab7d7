import { encode } from 'next-auth/jwt';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCookieName } from '#server/auth/session-cookie.ts';
import { authorizeMailLink, authorizePassword } from '#server/auth/sign-in.ts';
import { createOutboxSender } from '#server/platform/mail/outbox-sender.ts';
import { type ControlPlane, createControlPlane } from '#server/testing/control-plane.ts';
import { createWorkspace } from '#server/testing/factories.ts';
import { answerRpc } from './answer-rpc.ts';

const email = 'canary@example.com';
const address = '203.0.113.201';
const password = 'the canary sings at Dawn 77';
const nextPassword = 'the Canary rests at dusk 78';
const wrongPassword = 'canary-wrong-guess';

/** Every secret goes down every path, the failing ones too; then the whole database and all log lines are searched. */
describe('secrets of the control plane', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane();
    await createWorkspace(plane.services.db, { kind: 'house' });
  });
  afterAll(() => plane.drop());

  const headers = new Headers({ 'x-modelyard-client-address': address, 'user-agent': 'Test' });
  const call = async (path: string, input: unknown, sessionId?: string) => {
    const { sessionSecret, webUrl } = plane.services;
    const cookie = sessionId
      ? `${sessionCookieName(webUrl)}=${await encode({ token: { sessionId }, secret: sessionSecret })}`
      : '';
    const response = await answerRpc(
      new Request(`http://web.test/api/trpc/${path}`, {
        method: 'POST',
        headers: { 'x-modelyard-client-address': address, 'content-type': 'application/json', cookie },
        body: JSON.stringify(superjson.serialize(input)),
      }),
      plane.services,
    );
    const answer = (await response.json()) as { result?: { data: { json: Record<string, string> } } };
    return { status: response.status, data: answer.result?.data.json ?? {}, text: JSON.stringify(answer) };
  };
  const tokenIn = async (page: string) => {
    const mails = await plane.queuedMails(email);
    return (
      mails.map((mail) => new RegExp(`/${page}#token=([\\w-]+)`).exec(mail.text)?.[1]).findLast(Boolean) ?? ''
    );
  };

  /** Tables as text, the queue's own and the ledger's included; bytes show as hexadecimal. */
  async function everythingStored(): Promise<string> {
    const { rows: tables } = await plane.database.pool.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await plane.database.pool.query<{ row: string }>(
        `SELECT t::text AS row FROM ${name} t`,
      );
      texts.push(...rows.map(({ row }) => row));
    }
    expect(tables.length).toBeGreaterThan(15);
    return texts.join('\n');
  }

  it('stand nowhere in the clear', async () => {
    const secrets: string[] = [password, nextPassword, wrongPassword];

    await call('account.signUp', { email, password });
    secrets.push(await tokenIn('confirm'));
    const { id: sessionId } = await authorizeMailLink(
      plane.services,
      { token: await tokenIn('confirm') },
      headers,
    );
    await call('account.signUp', { email, password: nextPassword });
    await call('account.signUp', { email: 'not an address', password });
    for (const guess of [wrongPassword, password]) {
      await authorizePassword(plane.services, { email, password: guess }, headers).catch(() => undefined);
    }
    await call('account.requestPasswordReset', { email });
    secrets.push(await tokenIn('reset'));
    await call('account.resetPassword', { token: await tokenIn('reset'), password: 'password123' });

    const { id: workspaceId } = await plane.services.db.workspace.findFirstOrThrow({
      where: { kind: 'customer' },
    });
    const created = await call('apiKey.create', { workspaceId, name: 'Canary' }, sessionId);
    expect(created.status).toBe(200);
    secrets.push(created.data.key ?? '');
    const { key = '' } = created.data;
    // A key where something else belongs: refused, and not repeated.
    const misplaced = await call('apiKey.revoke', { workspaceId, keyId: key }, sessionId);
    expect(misplaced.status).toBe(400);
    expect(misplaced.text).not.toContain(key);
    const minted = await call('demo.token', undefined);
    expect(minted.status).toBe(200);
    secrets.push(minted.data.token ?? '');

    const settings = { url: 'https://hooks.example/in', eventTypes: ['key.created'] };
    const endpoint = await call('webhook.create', { workspaceId, ...settings }, sessionId);
    expect(endpoint.status).toBe(200);
    secrets.push(endpoint.data.secret ?? '');
    const { endpointId } = await plane.services.db.webhookEndpoint
      .findFirstOrThrow()
      .then(({ id }) => ({ endpointId: id }));
    const rotation = { workspaceId, endpointId, overlapHours: 24 };
    const rotated = await call('webhook.rotateSecret', rotation, sessionId);
    secrets.push(rotated.data.secret ?? '');
    const mistaken = await call(
      'webhook.disable',
      { workspaceId, endpointId: endpoint.data.secret },
      sessionId,
    );
    expect(mistaken.status).toBe(400);
    expect(mistaken.text).not.toContain(endpoint.data.secret);

    // The database fails in the middle of a call that carries a secret.
    await plane.database.pool.query('ALTER TABLE users RENAME TO users_away');
    const failed = await call('account.signUp', { email: 'other@example.com', password });
    expect(failed.status).toBe(500);
    await authorizePassword(plane.services, { email, password }, headers).catch(() => undefined);
    await plane.database.pool.query('ALTER TABLE users_away RENAME TO users');
    expect(plane.logLines.length).toBeGreaterThanOrEqual(2);

    await call('account.resetPassword', { token: await tokenIn('reset'), password: nextPassword });
    const sender = createOutboxSender({ db: plane.services.db, mailSeal: plane.services.mailSeal });
    for (const mail of await plane.queuedMails(email)) await sender.send(mail);

    const stored = await everythingStored();
    const logged = plane.logLines.join('\n');
    expect(stored).toContain(email);
    expect(secrets.every((secret) => secret.length >= 10)).toBe(true);
    for (const secret of secrets) {
      for (const form of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret).toString('base64'),
      ]) {
        expect(stored.includes(form), `stored: ${secret}`).toBe(false);
        expect(logged.includes(form), `logged: ${secret}`).toBe(false);
      }
    }
    // Whoever asks is counted, but their address is not kept; emails are not logged.
    expect(stored).not.toContain(address);
    expect(logged).not.toContain(address);
    expect(logged).not.toContain(email);
  });
});
