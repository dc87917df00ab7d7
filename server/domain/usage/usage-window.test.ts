import { describe, expect, it } from 'vitest';
import { usageWindow } from './usage-window.ts';

const now = new Date('2026-03-01T00:59:59.999Z');
const at = (text: string) => new Date(text);

describe('the window of usage', () => {
  it.each([
    ['nothing, by the hour', { isHourly: true }, '2026-02-28T01:00:00.000Z', '2026-03-01T01:00:00.000Z'],
    ['nothing, otherwise', { isHourly: false }, '2026-01-31T00:00:00.000Z', '2026-03-01T01:00:00.000Z'],
    [
      'times within hours',
      { isHourly: true, from: at('2026-02-01T10:59:59Z'), to: at('2026-02-01T12:00:01Z') },
      '2026-02-01T10:00:00.000Z',
      '2026-02-01T13:00:00.000Z',
    ],
    [
      'whole hours',
      { isHourly: true, from: at('2026-02-01T10:00:00Z'), to: at('2026-02-01T12:00:00Z') },
      '2026-02-01T10:00:00.000Z',
      '2026-02-01T12:00:00.000Z',
    ],
    [
      'an end alone',
      { isHourly: false, to: at('2026-02-01T00:00:00Z') },
      '2026-01-02T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
    ],
  ])('of %s', (_name, asked, from, to) => {
    expect(usageWindow(asked, now)).toEqual({ from: new Date(from), to: new Date(to) });
  });

  it('includes the running hour from its first moment on', () => {
    const first = at('2026-03-01T00:00:00Z');
    expect(usageWindow({ isHourly: true }, first).to).toEqual(at('2026-03-01T01:00:00Z'));
  });

  it.each([
    ['an end before its beginning', true, '2026-02-02', '2026-02-01'],
    ['no length', false, '2026-02-01', '2026-02-01'],
    ['more than 31 days by the hour', true, '2026-01-01', '2026-02-01T01:00:00Z'],
    ['more than 366 days', false, '2025-01-01', '2026-01-02T01:00:00Z'],
  ])('refuses %s', (_name, isHourly, from, to) => {
    expect(() => usageWindow({ isHourly, from: at(from), to: at(to) }, now)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'from' }),
    );
  });

  it.each([
    [true, '2026-01-01', '2026-02-01'],
    [false, '2025-01-01', '2026-01-02'],
  ])('allows just as much (hourly: %s)', (isHourly, from, to) => {
    expect(usageWindow({ isHourly, from: at(from), to: at(to) }, now).from).toEqual(at(from));
  });
});
