import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerFor } from '#server/api/root.ts';
import { type ControlPlane, createControlPlane, createPerson } from '#server/testing/control-plane.ts';
import { createSession, createUser } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { nextAuthOptions } from './next-auth-options.ts';
import { readSessionId, sessionCookieName } from './session-cookie.ts';
import { sessionOf } from './session-of.ts';
import { authorizeMailLink, authorizePassword } from './sign-in.ts';

describe('sessions', () => {
  const clock = createFakeClock(new Date());
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());

  const cookieOf = async (token: Record<string, unknown>, secret = plane.services.sessionSecret) =>
    new Headers({
      cookie: `theme=dark; ${sessionCookieName(plane.services.webUrl)}=${await encode({ token, secret })}`,
    });
  const current = async (sessionId: string) => sessionOf(await cookieOf({ sessionId }), plane.services);

  it('reads the row that the cookie names', async () => {
    const { session } = await createPerson(plane);
    expect(await current(session.sessionId)).toEqual(session);
  });

  it('is nobody for a forged, broken, foreign or missing cookie', async () => {
    const { session } = await createPerson(plane);
    const { sessionId } = session;
    const { services } = plane;
    expect(await sessionOf(await cookieOf({ sessionId }, 'another secret'), services)).toBeNull();
    expect(await sessionOf(await cookieOf({ sub: sessionId }), services)).toBeNull();
    expect(await sessionOf(await cookieOf({ sessionId: "' OR 1=1" }), services)).toBeNull();
    const name = sessionCookieName(services.webUrl);
    for (const cookie of ['', name, `${name}=`, `${name}=a.b.c.d.e`, `${name}=${'x'.repeat(5_000)}`]) {
      expect(await readSessionId(cookie, services)).toBeNull();
    }
  });

  it('is over from the next request on when it is revoked', async () => {
    const { session, userId } = await createPerson(plane);
    const phone = await createSession(plane.services.db, { userId, userAgent: 'Phone' });
    const caller = callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' });
    expect(await caller.session.list()).toMatchObject([
      { id: expect.any(String), current: expect.any(Boolean) },
      { id: expect.any(String), current: expect.any(Boolean) },
    ]);

    expect(await current(phone.id)).not.toBeNull();
    await caller.session.revoke({ sessionId: phone.id });
    expect(await current(phone.id)).toBeNull();
    expect(await caller.session.list()).toMatchObject([{ id: session.sessionId, current: true }]);
    await caller.session.revoke({ sessionId: phone.id });
  });

  it('signs out everywhere else at once, and stays', async () => {
    const { session, userId } = await createPerson(plane);
    const others = [
      await createSession(plane.services.db, { userId }),
      await createSession(plane.services.db, { userId }),
    ];
    const caller = callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' });
    expect(await caller.session.revokeOthers()).toEqual({ revoked: 2 });
    for (const { id } of others) expect(await current(id)).toBeNull();
    expect(await current(session.sessionId)).not.toBeNull();
  });

  it('is revoked by signing out', async () => {
    const { session } = await createPerson(plane);
    const { events } = nextAuthOptions(plane.services);
    await events?.signOut?.({ token: { sessionId: session.sessionId }, session: { expires: '' } });
    expect(await current(session.sessionId)).toBeNull();
  });

  it('ends when its time is over', async () => {
    const user = await createUser(plane.services.db);
    const { id } = await createSession(plane.services.db, {
      userId: user.id,
      expiresAt: new Date(clock.now().getTime() + 1_000),
    });
    expect(await current(id)).not.toBeNull();
    clock.advance(1_001);
    expect(await current(id)).toBeNull();
  });

  it('notes when it was last seen, once a minute at most', async () => {
    const { session } = await createPerson(plane);
    const seenAt = async () =>
      (await plane.services.db.session.findUniqueOrThrow({ where: { id: session.sessionId } })).lastSeenAt;
    await plane.services.db.session.update({
      where: { id: session.sessionId },
      data: { lastSeenAt: clock.now() },
    });
    clock.advance(61_000);
    await current(session.sessionId);
    const first = await seenAt();
    expect(first).toEqual(clock.now());
    clock.advance(59_000);
    await current(session.sessionId);
    expect(await seenAt()).toEqual(first);
    clock.advance(2_000);
    await current(session.sessionId);
    expect(await seenAt()).toEqual(clock.now());
  });

  it('puts only the session id into the cookie, which scripts and other sites do not get', async () => {
    const options = nextAuthOptions(plane.services);
    const jwt = options.callbacks?.jwt;
    const token = await jwt?.({
      token: { name: 'n', email: 'e' },
      user: { id: 'the-session' },
      account: null,
    });
    expect(token).toEqual({ sessionId: 'the-session' });
    expect(await jwt?.({ token: { sessionId: 'the-session', email: 'e' }, account: null } as never)).toEqual(
      token,
    );
    expect(options.cookies?.sessionToken?.options).toMatchObject({
      httpOnly: true,
      sameSite: 'lax',
      secure: false,
    });

    const https = nextAuthOptions({ ...plane.services, webUrl: 'https://web.test' });
    expect(https.cookies?.sessionToken?.name).toMatch(/^__Secure-/);
    expect(https.cookies?.sessionToken?.options).toMatchObject({ secure: true });
  });

  it('counts attempts by the address that the web server gives, whatever a client claims', async () => {
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 50; i++) {
      const headers = new Headers({
        'x-modelyard-client-address': '203.0.113.9',
        'x-forwarded-for': `10.0.0.${i}`,
        'x-real-ip': `10.0.1.${i}`,
        forwarded: `for=10.0.2.${i}`,
      });
      const attempt = authorizeMailLink(plane.services, { token: `guess-${i}` }, headers);
      const outcome = await attempt.then(
        () => 'signed in',
        (error: Error) => error.message,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(Object.fromEntries(outcomes)).toEqual({ link_expired: 30, rate_limit_exceeded: 20 });
  });

  it('fails closed, and tells the caller no detail, when no web server gave an address', async () => {
    const nowhere = authorizePassword(
      plane.services,
      { email: 'a@example.com', password: 'x' },
      new Headers(),
    );
    await expect(nowhere).rejects.toThrow(/^internal$/);
    expect(plane.logLines.at(-1)).toContain('A sign-in failed on our side.');
  });
});
