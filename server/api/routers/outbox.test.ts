import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutboxSender } from '#server/platform/mail/outbox-sender.ts';
import { type ControlPlane, createControlPlane } from '#server/testing/control-plane.ts';
import { callerFor } from '../root.ts';

describe('outbox', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane();
    const { db, mailSeal } = plane.services;
    const sender = createOutboxSender({ db, mailSeal });
    for (const subject of ['First', 'Second']) {
      await sender.send({
        to: 'ada@example.com',
        subject,
        text: `${subject} text`,
        html: `<p>${subject}</p>`,
      });
    }
  });
  afterAll(() => plane.drop());
  const outbox = (services = plane.services) =>
    callerFor({ services, session: null, address: '192.0.2.1', requestId: 'test' }).outbox;

  it('lists what was mailed, the newest first, and what came since a mail', async () => {
    const [second, first] = await outbox().list();
    expect(second).toEqual({
      id: expect.any(String),
      recipient: 'ada@example.com',
      subject: 'Second',
      createdAt: expect.any(Date),
    });
    expect(first).toMatchObject({ subject: 'First' });
    expect(await outbox().list({ after: first?.id })).toEqual([second]);
    expect(await outbox().list({ after: second?.id })).toEqual([]);
  });

  it('opens one mail', async () => {
    const [second] = await outbox().list();
    const mail = await outbox().get({ mailId: second?.id ?? '' });
    expect(mail).toMatchObject({ subject: 'Second', text: 'Second text', html: '<p>Second</p>' });
    const nothing = outbox().get({ mailId: '01980000-0000-7000-8000-000000000000' });
    await expect(nothing).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not there at all where mail is real', async () => {
    const [mail] = await outbox().list();
    const hidden = outbox({ ...plane.services, outboxShown: false });
    await expect(hidden.list()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(hidden.get({ mailId: mail?.id ?? '' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
