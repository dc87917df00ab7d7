import { describe, expect, it } from 'vitest';
import { planStart } from './plan-start.ts';

const secret = 'x'.repeat(32);
const own = 'postgresql://somebody@database.test/theirs';
const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  NODE_ENV: 'development',
  ...more,
});

describe('the demo account', () => {
  it('is seeded in a database that up made itself', () => {
    expect(planStart([], environment())).toEqual({ seedsDemo: true, note: undefined });
    expect(planStart([], environment({ DATABASE_URL: '' })).seedsDemo).toBe(true);
  });

  it.each([
    ['NODE_ENV=production', { NODE_ENV: 'production', MODELYARD_SECRET: secret }, 'NODE_ENV is production'],
    ['a database of one’s own', { DATABASE_URL: own }, 'DATABASE_URL is your own'],
    [
      'both',
      { NODE_ENV: 'production', MODELYARD_SECRET: secret, DATABASE_URL: own },
      'NODE_ENV is production and DATABASE_URL is your own',
    ],
  ])('is refused with %s, unless --demo asks for it', (_, variables, why) => {
    const { seedsDemo, note } = planStart([], environment(variables));
    expect(seedsDemo).toBe(false);
    expect(note).toBe(`No demo account: ${why}. To have one: npm run up -- --demo`);
    expect(planStart(['--demo'], environment(variables))).toEqual({ seedsDemo: true, note: undefined });
  });
});

it('needs the secret in production, with --demo too', () => {
  for (const weak of ['', 'x'.repeat(31)]) {
    const variables = environment({ NODE_ENV: 'production', MODELYARD_SECRET: weak });
    expect(() => planStart([], variables)).toThrow(/needs MODELYARD_SECRET: at least 32/);
    expect(() => planStart(['--demo'], variables)).toThrow(/needs MODELYARD_SECRET/);
  }
});

it('says how it is called, to who calls it otherwise', () => {
  expect(() => planStart(['--dmeo'], environment())).toThrow(/Unknown option --dmeo\.\nnpm run up/);
});
