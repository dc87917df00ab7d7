import { describe, expect, it } from 'vitest';
import { safeDestination } from './safe-destination.ts';

describe('where signing in leads to', () => {
  it.each(['/w/acme/usage?range=7d', '/account', '/'])('keeps a path of this site: %s', (path) => {
    expect(safeDestination(path)).toBe(path);
  });
  it.each([null, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'w'])(
    'falls back to the console for %j',
    (path) => expect(safeDestination(path)).toBe('/w'),
  );
});
