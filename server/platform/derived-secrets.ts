import { hkdfSync } from 'node:crypto';

/** What the one master secret is used for: each purpose has a key of its own, so that none can stand in for another. */
export type SecretPurpose = 'session-cookie' | 'subject-hash' | 'mail-seal' | 'webhook-seal' | 'blob-seal';

export function deriveSecret(masterSecret: string, purpose: SecretPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', masterSecret, 'modelyard', purpose, 32));
}
