import { scrypt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { authorizeMailLink, authorizePassword } from '#server/auth/sign-in.ts';
import { createMailLink } from '#server/domain/accounts/mail-link.ts';
import { signUp } from '#server/domain/accounts/sign-up.ts';
import { type ControlPlane, createControlPlane } from '#server/testing/control-plane.ts';
import { createUser } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { callerFor } from '../root.ts';

// The real scrypt, which counts its calls.
vi.mock('node:crypto', { spy: true });

/** A hash as new passwords get one: 128 MiB and 32 bytes. */
const currentCost = { length: 32, N: 2 ** 17, r: 8, p: 1, maxmem: expect.any(Number) };

const password = 'seven herons over the weir';
const other = 'nine lanterns by the canal';
let addresses = 0;
/** A caller of its own for each test, so that the limits by address don't meet. */
const freshAddress = () => `198.51.100.${++addresses}`;

describe('account', () => {
  const clock = createFakeClock(new Date());
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());

  const account = (address = freshAddress()) =>
    callerFor({ services: plane.services, session: null, address, requestId: 'test' }).account;
  const headers = (address = freshAddress()) =>
    new Headers({ 'x-modelyard-client-address': address, 'user-agent': 'Test/1.0' });
  const signIn = (email: string, secret: string, from = headers()) =>
    authorizePassword(plane.services, { email, password: secret }, from);
  const follow = (token: string) => authorizeMailLink(plane.services, { token }, headers());
  const mailsTo = (email: string) => plane.queuedMails(email);
  const lastToken = async (email: string, page: 'confirm' | 'reset') => {
    const links = (await mailsTo(email)).map(
      (mail) => new RegExp(`/${page}#token=([\\w-]+)`).exec(mail.text)?.[1],
    );
    const token = links.filter((link) => link !== undefined).at(-1);
    if (!token) throw new Error(`No ${page} link to ${email}`);
    return token;
  };
  /** What may tell two requests apart by the time that they take. */
  const workOf = async (run: () => Promise<unknown>) => {
    const hashed = vi.mocked(scrypt);
    const transactions = vi.spyOn(plane.services.db, '$transaction');
    const enqueued = vi.spyOn(plane.services.mailQueue, 'enqueue');
    hashed.mockClear();
    await run();
    const work = {
      hashes: hashed.mock.calls.map(([, , length, options]) => ({ length, ...options })),
      mails: enqueued.mock.calls.length,
      transactions: transactions.mock.calls.length,
    };
    transactions.mockRestore();
    enqueued.mockRestore();
    return work;
  };
  const confirmed = async (email: string) => {
    await account().signUp({ email, password });
    return follow(await lastToken(email, 'confirm'));
  };

  it('signs up, confirms by the mailed link, and finds a workspace with its allowance', async () => {
    expect(await account().signUp({ email: ' New.Person@Example.com ', password, name: 'Nía' })).toEqual({
      sent: true,
    });
    const { id: sessionId } = await follow(await lastToken('new.person@example.com', 'confirm'));
    const session = await plane.services.db.session.findUniqueOrThrow({
      where: { id: sessionId },
      include: {
        user: { include: { memberships: { include: { workspace: { include: { allowance: true } } } } } },
      },
    });
    expect(session.user.emailVerifiedAt).toEqual(clock.now());
    expect(session.userAgent).toBe('Test/1.0');
    expect(session.user.memberships).toMatchObject([
      {
        role: 'owner',
        workspace: {
          name: 'Nía',
          slug: 'nia',
          planId: 'free',
          kind: 'customer',
          allowance: { quotaUnits: 100_000n, spentUnits: 0n, requestsPerMinute: 120, concurrencyMax: 8 },
        },
      },
    ]);
    expect(await signIn('new.person@example.com', password)).toHaveProperty('id');
  });

  it('names the workspace after the address where no name was given, each slug once', async () => {
    await confirmed('twin@one.example');
    await confirmed('twin@two.example');
    const slugs = await plane.services.db.workspace.findMany({
      where: { name: 'twin' },
      select: { slug: true },
    });
    expect(slugs.map(({ slug }) => slug).sort()).toEqual([
      'twin',
      expect.stringMatching(/^twin-[a-z0-9]{5}$/),
    ]);
  });

  it('answers the same for a taken address, changes nothing, and tells its owner', async () => {
    await confirmed('taken@example.com');
    const before = await plane.services.db.user.findUnique({ where: { email: 'taken@example.com' } });
    const fresh = await account().signUp({ email: 'untaken@example.com', password: other });
    const taken = await account().signUp({ email: 'taken@example.com', password: other, name: 'Somebody' });
    expect(taken).toEqual(fresh);
    expect(await plane.services.db.user.findUnique({ where: { email: 'taken@example.com' } })).toEqual(
      before,
    );
    const mail = (await mailsTo('taken@example.com')).at(-1);
    expect(mail?.subject).toContain('already have an account');
    expect(mail?.text).not.toContain('token=');
    expect(mail?.text).not.toContain('Somebody');
  });

  it('hashes one password and queues one mail for a taken address as for a new one, in one transaction', async () => {
    await confirmed('slow@example.com');
    const taken = await workOf(() => account().signUp({ email: 'slow@example.com', password: other }));
    const fresh = await workOf(() => account().signUp({ email: 'slow-too@example.com', password: other }));
    expect(fresh).toEqual({ hashes: [currentCost], mails: 1, transactions: 1 });
    expect(taken).toEqual(fresh);
  });

  it('puts that password in force whose link is followed, when an address is signed up twice', async () => {
    const email = 'contested@example.com';
    await account().signUp({ email, password });
    const mine = await lastToken(email, 'confirm');
    await account().signUp({ email, password: other });
    const theirs = await lastToken(email, 'confirm');
    await follow(mine);
    await expect(follow(theirs)).rejects.toThrow('link_expired');
    expect(await signIn(email, password)).toHaveProperty('id');
    await expect(signIn(email, other)).rejects.toThrow('wrong_credentials');
  });

  it('does not let a sign-up set the password of an address that is confirmed at that moment', async () => {
    const email = 'moment@example.com';
    await account().signUp({ email, password });
    const mine = await lastToken(email, 'confirm');
    let confirmedMeanwhile = false;
    const db = plane.services.db.$extends({
      query: {
        user: {
          async findUniqueOrThrow({ args, query }) {
            const found = await query(args);
            await follow(mine);
            confirmedMeanwhile = true;
            return found;
          },
        },
      },
    }) as unknown as typeof plane.services.db;
    await signUp({ ...plane.services, db }, { email, password: other, address: freshAddress() });
    expect(confirmedMeanwhile).toBe(true);
    expect(await signIn(email, password)).toHaveProperty('id');
    await expect(signIn(email, other)).rejects.toThrow('wrong_credentials');
    expect((await mailsTo(email)).at(-1)?.subject).toContain('already have an account');
  });

  it('lets a link be used once, by one of two at a time, for a day', async () => {
    await account().signUp({ email: 'once@example.com', password });
    const token = await lastToken('once@example.com', 'confirm');
    const outcomes = await Promise.allSettled([follow(token), follow(token), follow(token)]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);

    await account().signUp({ email: 'late@example.com', password });
    const late = await lastToken('late@example.com', 'confirm');
    clock.advance(24 * 3_600_000 + 1);
    await expect(follow(late)).rejects.toThrow('link_expired');
  });

  it('lets one of several links be used, where they are followed at the same time', async () => {
    const { db } = plane.services;
    for (let i = 0; i < 4; i++) {
      const { id: userId } = await createUser(db, { confirmed: false });
      const links = await Promise.all(
        Array.from({ length: 3 }, () =>
          db.$transaction((transaction) =>
            createMailLink({ ...plane.services, transaction }, { userId, purpose: 'confirm_address' }),
          ),
        ),
      );
      const tokens = links.map((link) => link.split('#token=')[1] ?? '');
      const outcomes = await Promise.all(
        tokens.map((token) =>
          follow(token).then(
            () => 'in',
            (error: Error) => error.message,
          ),
        ),
      );
      expect(outcomes.sort()).toEqual(['in', 'link_expired', 'link_expired']);
    }
  });

  it.each(['', 'nonsense', 'a'.repeat(43), 'x'.repeat(500)])('refuses the link %j', async (token) => {
    await expect(follow(token)).rejects.toThrow('link_expired');
    await expect(account().resetPassword({ token, password })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('keeps an unconfirmed address out, and mails another link only to the right password', async () => {
    const email = 'pending@example.com';
    await account().signUp({ email, password });
    await expect(signIn(email, other)).rejects.toThrow('wrong_credentials');
    expect(await mailsTo(email)).toHaveLength(1);
    await expect(signIn(email, password)).rejects.toThrow('address_not_confirmed');
    expect(await mailsTo(email)).toHaveLength(2);
    expect(await follow(await lastToken(email, 'confirm'))).toHaveProperty('id');
  });

  it('answers a wrong address and a wrong password alike, after one hash of the same cost each', async () => {
    await confirmed('known@example.com');
    const refused = (email: string) =>
      workOf(() => expect(signIn(email, 'wrong')).rejects.toThrow(/^wrong_credentials$/));
    const known = await refused('known@example.com');
    const unknown = await refused('unknown@example.com');
    expect(known).toEqual({ hashes: [currentCost], mails: 0, transactions: 0 });
    expect(unknown).toEqual(known);
  });

  it('resets the password by a link, signs out every session, and says so by mail', async () => {
    const email = 'forgot@example.com';
    const { id: sessionId } = await confirmed(email);
    expect(await account().requestPasswordReset({ email })).toEqual({ sent: true });
    const token = await lastToken(email, 'reset');

    await expect(account().resetPassword({ token, password: 'password123' })).rejects.toMatchObject({
      cause: { code: 'weak_password' },
    });
    expect(await account().resetPassword({ token, password: other })).toEqual({ done: true });
    await expect(account().resetPassword({ token, password })).rejects.toMatchObject({
      cause: { code: 'link_expired' },
    });

    expect(await plane.services.db.session.findUnique({ where: { id: sessionId } })).toMatchObject({
      revokedAt: clock.now(),
    });
    await expect(signIn(email, password)).rejects.toThrow('wrong_credentials');
    expect(await signIn(email, other)).toHaveProperty('id');
    expect((await mailsTo(email)).at(-1)?.subject).toContain('was changed');
  });

  it('begins no session with a password that is replaced while it is verified', async () => {
    const email = 'replaced@example.com';
    const { id: sessionId } = await confirmed(email);
    await account().requestPasswordReset({ email });
    const token = await lastToken(email, 'reset');
    const { scrypt: verify } = await vi.importActual<{ scrypt: typeof scrypt }>('node:crypto');
    vi.mocked(scrypt).mockImplementationOnce((...asked) => {
      void account()
        .resetPassword({ token, password: other })
        .then(() => verify(...asked));
    });
    await expect(signIn(email, password)).rejects.toThrow(/^wrong_credentials$/);
    const { userId } = await plane.services.db.session.findUniqueOrThrow({ where: { id: sessionId } });
    expect(await plane.services.db.session.count({ where: { userId, revokedAt: null } })).toBe(0);
    expect(await signIn(email, other)).toHaveProperty('id');
  });

  it('answers a reset for an unknown address the same, with a mail that has no link in', async () => {
    expect(await account().requestPasswordReset({ email: 'nobody@example.com' })).toEqual({ sent: true });
    const mails = await mailsTo('nobody@example.com');
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).not.toContain('token=');
  });

  it('does not let a confirming link reset a password, nor the reverse', async () => {
    const email = 'purpose@example.com';
    await account().signUp({ email, password });
    await account().requestPasswordReset({ email });
    const confirm = await lastToken(email, 'confirm');
    const reset = await lastToken(email, 'reset');
    await expect(follow(reset)).rejects.toThrow('link_expired');
    await expect(account().resetPassword({ token: confirm, password: other })).rejects.toMatchObject({
      cause: { code: 'link_expired' },
    });
  });

  it.each([
    ['password123', 'weak_password'],
    ['short', 'weak_password'],
    ['weak-me@example.com', 'weak_password'],
    ['x'.repeat(129), 'weak_password'],
  ])('refuses the password %j', async (weak, code) => {
    const signedUp = account().signUp({ email: 'weak-me@example.com', password: weak });
    await expect(signedUp).rejects.toMatchObject({ code: 'BAD_REQUEST', cause: { code, param: 'password' } });
    expect(await plane.services.db.user.findUnique({ where: { email: 'weak-me@example.com' } })).toBeNull();
  });

  it.each([
    '',
    'no-at-sign',
    'a@b',
    'nul\u0000@example.com',
    'two@@example.com',
    `${'x'.repeat(250)}@example.com`,
  ])('refuses the address %j', async (email) => {
    await expect(account().signUp({ email, password })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it.each(['nul\u0000', 'line\nbreak', 'lone \ud800', '   ', 'x'.repeat(81)])(
    'refuses the name %j',
    async (name) => {
      const signedUp = account().signUp({ email: 'named@example.com', password, name });
      await expect(signedUp).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    },
  );

  it('limits sign-ups by address, sign-ins by address and by email, and mails by email', async () => {
    const from = freshAddress();
    const refused = { code: 'TOO_MANY_REQUESTS', cause: { code: 'rate_limit_exceeded' } };
    for (let i = 0; i < 10; i++) {
      await expect(
        account(from).signUp({ email: `flood-${i}@example.com`, password: 'short' }),
      ).rejects.toMatchObject({
        cause: { code: 'weak_password' },
      });
    }
    await expect(account(from).signUp({ email: 'flood@example.com', password })).rejects.toMatchObject(
      refused,
    );

    for (let i = 0; i < 3; i++) await account().requestPasswordReset({ email: 'bombed@example.com' });
    await expect(account().requestPasswordReset({ email: 'bombed@example.com' })).rejects.toMatchObject(
      refused,
    );
    expect(await mailsTo('bombed@example.com')).toHaveLength(3);

    for (let i = 0; i < 10; i++) {
      await expect(signIn('guessed@example.com', 'wrong')).rejects.toThrow('wrong_credentials');
    }
    await expect(signIn('guessed@example.com', 'wrong')).rejects.toThrow('rate_limit_exceeded');
  });
});
