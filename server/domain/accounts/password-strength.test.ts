import { describe, expect, it } from 'vitest';
import { assertStrongPassword, passwordStrength } from './password-strength.ts';

const own = ['grace.hopper@navy.example'];

describe('password strength', () => {
  it.each([
    ['', 'shorter than 10'],
    ['Tr0ub4dor', 'shorter than 10'],
    ['xK9#mQ2$v', 'shorter than 10, however random'],
    ['password123', 'among the commonest'],
    ['1234567890', 'a sequence'],
    ['qwertyuiop', 'a keyboard row'],
    ['aaaaaaaaaaaa', 'one letter'],
    ['P@ssw0rd1234', 'substitutions that everyone knows'],
    ['iloveyou2024', 'a phrase and a year'],
    ['abcabcabcabc', 'a repetition'],
    ['gracehopper', "the person's own name"],
    ['grace.hopper@navy.example', "the person's own email"],
    ['x'.repeat(129), 'longer than 128'],
  ])('refuses %j: %s', async (password) => {
    const { acceptable, advice } = await passwordStrength(password, own);
    expect(acceptable).toBe(false);
    expect(advice).toBeTruthy();
    await expect(assertStrongPassword(password, own)).rejects.toMatchObject({
      code: 'weak_password',
      param: 'password',
    });
  });

  it.each([
    'correct horse battery staple',
    'xK9#mQ2$vL',
    'no digits nor capitals in here',
    'кот сидит на крыше дома',
    '🦉 owls hoot over the marsh',
    `${'a long one of one hundred and twenty-eight characters'.repeat(3)}`.slice(0, 128),
  ])('takes %j: there are no rules of composition', async (password) => {
    expect(await passwordStrength(password, own)).toMatchObject({ acceptable: true, advice: null });
  });

  it('judges 128 characters in little time', async () => {
    await passwordStrength('warm up the dictionaries');
    const startedAt = performance.now();
    await passwordStrength('aB1!'.repeat(32));
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});
