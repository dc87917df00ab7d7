import { type SignedContent, signContent } from './webhook-secret.ts';

/** One signature for each secret in force: a receiver takes whichever it knows. */
export function webhookHeaders(
  secrets: readonly string[],
  content: SignedContent,
): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'webhook-id': content.eventId,
    'webhook-timestamp': String(content.timestamp),
    'webhook-signature': secrets.map((secret) => signContent(secret, content)).join(' '),
  };
}
