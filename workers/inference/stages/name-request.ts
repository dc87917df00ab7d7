import type { Stage } from '../pipeline.ts';
import { idempotencyHeader, macsOf, parseIdempotencyKey } from '../wire/idempotency-key.ts';
import type { WithInput } from './parse-request.ts';

export interface WithName<Input> extends WithInput<Input> {
  /** Undefined: no Idempotency-Key was sent. */
  readonly name?: { readonly nameMac: Buffer; readonly requestMac: Buffer };
}

/** For what costs nothing itself, and so has no row in the ledger: what it makes keeps the name, in one transaction. */
export function nameRequest<Input>(): Stage<WithInput<Input>, WithName<Input>> {
  return {
    name: 'nameRequest',
    run(context) {
      const header = context.header(idempotencyHeader);
      if (header === null) return context;
      return Object.assign(context, { name: macsOf(context, parseIdempotencyKey(header)) });
    },
  };
}
