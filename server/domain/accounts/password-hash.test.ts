import { describe, expect, it } from 'vitest';
import { passwordHashLimits } from '../rate-limits/limits.ts';
import { hashPassword, nobodysPasswordHash, verifyPassword } from './password-hash.ts';

describe('password hash', () => {
  it('verifies the password that it was made from, and no other', async () => {
    const hash = await hashPassword('correct horse battery staple');
    expect(hash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await verifyPassword('correct horse battery staple', hash)).toBe(true);
    expect(await verifyPassword('correct horse battery stapl', hash)).toBe(false);
  });

  it('verifies one password however its letters were composed', async () => {
    const hash = await hashPassword('pâté en croûte 1987'.normalize('NFC'));
    expect(await verifyPassword('pâté en croûte 1987'.normalize('NFD'), hash)).toBe(true);
  });

  it('costs for nobody what it costs for somebody, and fits nothing', async () => {
    expect(nobodysPasswordHash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
    expect(await verifyPassword('', nobodysPasswordHash)).toBe(false);
  });

  it.each(['', '!', '$scrypt$ln=17$salt$hash', '$2b$10$abcdefghijklmnopqrstuv'])(
    'throws at %j, which is no hash of ours',
    async (phc) => {
      await expect(verifyPassword('anything', phc)).rejects.toThrow('Not a scrypt PHC string');
    },
  );

  it('refuses what a flood brings beyond its bounds, and recovers', async () => {
    const cheap = '$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const flood = passwordHashLimits.concurrentMax + passwordHashLimits.waitingMax + 20;
    const outcomes = await Promise.allSettled(
      Array.from({ length: flood }, () => verifyPassword('x', cheap)),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(20);
    expect(refused[0]?.reason).toMatchObject({ code: 'overloaded' });
    expect(await verifyPassword('x', cheap)).toBe(false);
  });
});
