import { hashApiKey, parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { DomainError } from '#server/domain/errors.ts';
import type { Stage } from '../pipeline.ts';
import type { AddressBuckets } from '../wire/address-buckets.ts';
import type { WithBody } from './limit-body.ts';

export interface WithKey extends WithBody {
  /** `text` is the key itself: for MACs, never to be kept. */
  readonly key: { readonly id: string; readonly hash: Buffer; readonly text: string };
}

/**
 * Local: whether the key is one that could have been issued. Whether it was is the database's to say, at `admit`.
 * Keys that could not cost the caller's address a token of its bucket, and nobody else anything.
 */
export function readKey({ malformedKeys }: { malformedKeys: AddressBuckets }): Stage<WithBody, WithKey> {
  return {
    name: 'readKey',
    run(context) {
      if (context.line) {
        const { keyId: id, keyHash: hash } = context.line;
        return Object.assign(context, { key: { id, hash, text: '' } });
      }
      const header = context.header('authorization');
      if (header === null) {
        throw new DomainError('missing_api_key', 'Send an API key: Authorization: Bearer <key>.');
      }
      const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
      const parsed = key === undefined ? null : parseApiKey(key);
      if (key === undefined || parsed === null) throw refuseMalformed(malformedKeys, context.address());
      return Object.assign(context, { key: { id: parsed.id, hash: hashApiKey(key), text: key } });
    },
  };
}

function refuseMalformed(malformedKeys: AddressBuckets, address: string): DomainError {
  const taken = malformedKeys.take(address);
  if (taken.allowed) return new DomainError('malformed_api_key', 'This is not a whole API key.');
  return new DomainError('rate_limit_exceeded', 'Too many malformed API keys from this address.', {
    retryAfterMs: taken.retryAfterMs,
  });
}
