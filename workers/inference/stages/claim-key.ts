import { DomainError } from '#server/domain/errors.ts';
import type { ClaimOutcome, Idempotency } from '#server/domain/idempotency/idempotency.ts';
import type { Receipt } from '#server/domain/usage/read-receipt.ts';
import { publicRequestId } from '#server/domain/usage/request-id.ts';
import { readUsage } from '../codecs/read-usage.ts';
import { receiptReply } from '../codecs/receipt-reply.ts';
import type { Stage } from '../pipeline.ts';
import { idempotencyHeader, macsOf, parseIdempotencyKey } from '../wire/idempotency-key.ts';
import type { WithInput } from './parse-request.ts';

export interface IdempotencyDependencies {
  readonly idempotency: Idempotency;
  /** By the id as callers see it. */
  readReceipt(of: { readonly workspaceId: string; readonly id: string }): Promise<Receipt>;
}

export interface WithClaim<Input> extends WithInput<Input> {
  /** Undefined: it may run. Otherwise it is checked and counted by `admit` like any other, and then refused with this. */
  readonly refuse?: (workspaceId: string) => Promise<DomainError>;
}

/** Only where an Idempotency-Key was sent: of the requests that share one, a single one goes on. */
export function claimKey<Input>({
  idempotency,
  readReceipt,
}: IdempotencyDependencies): Stage<WithInput<Input>, WithClaim<Input>> {
  return {
    name: 'claimKey',
    run(context) {
      const header = context.header(idempotencyHeader);
      return header === null ? context : claim(context, header);
    },
  };

  async function claim(context: WithInput<Input>, header: string): Promise<WithClaim<Input>> {
    const { key, requestId, scope } = context;
    const macs = macsOf(context, parseIdempotencyKey(header));
    const named = { requestId, keyId: key.id, keyHash: key.hash, ...macs };
    const outcome = await idempotency.claim(named).catch((cause: unknown) => {
      const sentence = 'Idempotency-Key can not be checked at the moment. Try again.';
      throw new DomainError('database_unavailable', sentence, { retryAfterMs: 1_000, cause });
    });
    if (outcome.kind === 'no_key') return context;
    if (outcome.kind !== 'claimed') {
      return Object.assign(context, { refuse: (workspaceId: string) => refusal(outcome, workspaceId) });
    }
    scope.releaseClaim = () => idempotency.release(named);
    return context;
  }

  async function refusal(outcome: ClaimOutcome, workspaceId: string): Promise<DomainError> {
    const param = 'Idempotency-Key';
    if (outcome.kind === 'completed') {
      const id = publicRequestId(outcome.requestId);
      const receipt = receiptReply(id, await readUsage(() => readReceipt({ workspaceId, id })));
      const sentence = `${id} has answered this already, and answers are not kept. It was billed once.`;
      return new DomainError('already_completed', sentence, { param, shown: { receipt } });
    }
    if (outcome.kind === 'in_flight') {
      const sentence = 'A request with this Idempotency-Key is still running.';
      return new DomainError('idempotency_key_in_use', sentence, { param, retryAfterMs: 1_000 });
    }
    const sentence = 'This Idempotency-Key was sent with another request. Take a new one for each request.';
    return new DomainError('idempotency_key_reused', sentence, { param });
  }
}
