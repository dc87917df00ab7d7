import { DomainError } from '#server/domain/errors.ts';
import { DatabaseAwayError, type SettleOutcome } from '#server/domain/usage/metering.ts';

/** What the settlement says of an answer that must not leave. */
export function withheld(outcome: Exclude<SettleOutcome, 'settled'>): DomainError {
  if (outcome === 'over_hold') {
    return new DomainError(
      'insufficient_quota',
      'The request cost more than was left of the quota. It was not billed.',
    );
  }
  return new DomainError(
    'answer_withheld',
    'The answer could not be written down, so it was not billed. Try again.',
    {
      retryAfterMs: 1_000,
    },
  );
}

export function unwritten(error: unknown): unknown {
  if (!(error instanceof DatabaseAwayError)) return error;
  return new DomainError(
    'database_unavailable',
    'The answer could not be written down, so it was not billed. Try again.',
    {
      retryAfterMs: 1_000,
      cause: error,
    },
  );
}
