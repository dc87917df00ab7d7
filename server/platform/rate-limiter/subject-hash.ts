import { createHmac } from 'node:crypto';

/** Keyed, because the addresses of the internet are few enough to try them all against a plain hash. */
export function createSubjectHash(key: Buffer): (subject: string) => string {
  return (subject) => createHmac('sha256', key).update(subject).digest('base64url').slice(0, 32);
}
