import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';

/** A call that begins with it has to be admitted before it ends. */
const sparedMs = 15_000;

export function isLasting({ expiresAt }: ShortLivedKey): boolean {
  return expiresAt.getTime() - sparedMs > Date.now();
}
