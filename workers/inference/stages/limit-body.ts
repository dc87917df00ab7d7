import { DomainError } from '#server/domain/errors.ts';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import type { Stage } from '../pipeline.ts';
import type { Received } from '../request-scope.ts';
import { idempotencyHeader } from '../wire/idempotency-key.ts';
import { type BodyLimits, bodyTooLarge, readBodyBytes } from '../wire/read-body-bytes.ts';

export interface WithBody extends Received {
  /** Reads the body, never more of it than is allowed. Nothing is read before it is called. */
  readBody(): Promise<Uint8Array>;
  /** Where an Idempotency-Key was sent: the body as it was read. */
  readonly sent?: { readonly body: Uint8Array };
}

const ofTexts: BodyLimits = { bytesMax: requestLimits.bodyBytesMax, timeoutMs: requestLimits.bodyTimeoutMs };

export function limitBody(limits: BodyLimits = ofTexts): Stage<Received, WithBody> {
  return {
    name: 'limitBody',
    run(context) {
      refuseEncoded(context.header('content-encoding'));
      const declared = declaredBytes(context.header('content-length'));
      if (declared !== null && declared > limits.bytesMax) throw bodyTooLarge(limits.bytesMax);
      // Few bodies that are larger than a text's fit into memory together.
      const onBytes = limits.bytesMax > ofTexts.bytesMax ? context.holdBytes : undefined;
      const readBody = () => readBodyBytes(context, { limits, onBytes });
      if (context.header(idempotencyHeader) === null) return Object.assign(context, { readBody });
      const sent: { body: Uint8Array } = { body: new Uint8Array() };
      const keepBody = async () => {
        sent.body = await readBody();
        return sent.body;
      };
      return Object.assign(context, { readBody: keepBody, sent });
    },
  };
}

/** Nothing is unpacked here: what is packed would be said to be no JSON, no picture, or a wrong line. */
function refuseEncoded(encoding: string | null): void {
  if (encoding === null || encoding.trim().toLowerCase() === 'identity') return;
  throw new DomainError('unsupported_media_type', 'Send the body as it is, without a Content-Encoding.');
}

function declaredBytes(header: string | null): number | null {
  if (header === null) return null;
  const bytes = Number(header);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : Number.POSITIVE_INFINITY;
}
