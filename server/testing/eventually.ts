import { vi } from 'vitest';

/**
 * What `check` returns once it does not throw. Long enough for a busy machine by default: a test that is right waits a few
 * milliseconds.
 */
export function eventually<T>(check: () => T | Promise<T>, withinMs = 20_000): Promise<T> {
  return vi.waitFor(check, { timeout: withinMs, interval: 5 });
}
