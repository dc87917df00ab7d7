import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { webhookHeaders } from './webhook-headers.ts';
import { generateWebhookSecret, signContent } from './webhook-secret.ts';

const content = {
  eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  payload: '{"test": 2432232314}',
};

describe('signatures', () => {
  it('are those of the specification', () => {
    // From the test vectors of its libraries.
    expect(signContent('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', content)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('are the same as the client’s own, under secrets of 32 random bytes', () => {
    const secrets = Array.from({ length: 50 }, generateWebhookSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
      const at = new Date(content.timestamp * 1_000);
      expect(signContent(secret, content)).toBe(
        new Webhook(secret).sign(content.eventId, at, content.payload),
      );
    }
  });

  it('stand in one header, one for each secret', () => {
    const secrets = [generateWebhookSecret(), generateWebhookSecret()];
    expect(webhookHeaders(secrets, content)).toEqual({
      'content-type': 'application/json',
      'webhook-id': content.eventId,
      'webhook-timestamp': '1614265330',
      'webhook-signature': secrets.map((secret) => signContent(secret, content)).join(' '),
    });
  });
});
