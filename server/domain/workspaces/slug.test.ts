import { describe, expect, it } from 'vitest';
import { slugOf, slugWithSuffix } from './slug.ts';

describe('slug', () => {
  it.each([
    ["Ada's Models", 'ada-s-models'],
    ['  Crème Brûlée  ', 'creme-brulee'],
    ['--a--b--', 'a-b'],
    ['東京', 'workspace'],
    ['🦉', 'workspace'],
    ['x'.repeat(80), 'x'.repeat(40)],
  ])('of %j is %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('takes a suffix that keeps it a slug', () => {
    expect(slugWithSuffix('ada')).toMatch(/^ada-[a-z0-9]{5}$/);
  });
});
