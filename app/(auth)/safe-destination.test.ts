import { describe, expect, it } from 'vitest';
import { safeDestination } from './safe-destination.ts';

describe('where signing in leads to', () => {
  it.each(['/w/acme/usage?range=7d', '/account', '/'])('keeps a path of this site: %s', (path) => {
    expect(safeDestination(path)).toBe(path);
  });
  it('writes it as a header may say it', () => {
    expect(safeDestination('/w/acme?q=café 🙂')).toBe('/w/acme?q=caf%C3%A9%20%F0%9F%99%82');
  });
  it.each(['/.//evil.example', '/..//evil.example'])('is not led away by dots: %s', (path) => {
    expect(safeDestination(path)).toBe('/w');
  });
  it.each([null, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'w'])(
    'falls back to the console for %j',
    (path) => expect(safeDestination(path)).toBe('/w'),
  );
});
