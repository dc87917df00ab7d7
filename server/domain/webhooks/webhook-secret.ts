import { createHmac, randomBytes } from 'node:crypto';

/** Standard Webhooks: 24 to 64 random bytes, base64, with a prefix that secret scanners know. */
const secretBytes = 32;
const prefix = 'whsec_';

export function generateWebhookSecret(): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64')}`;
}

export interface SignedContent {
  readonly eventId: string;
  /** Unix seconds, of the attempt. */
  readonly timestamp: number;
  readonly payload: string;
}

/** https://www.standardwebhooks.com: HMAC-SHA256 of `id.timestamp.payload` under the secret's bytes. */
export function signContent(secret: string, { eventId, timestamp, payload }: SignedContent): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${eventId}.${timestamp}.${payload}`).digest('base64');
  return `v1,${signature}`;
}
