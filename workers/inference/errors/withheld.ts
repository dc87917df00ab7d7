import { priceMicroUsd } from '#server/domain/billing/prices.ts';
import { DomainError } from '#server/domain/errors.ts';
import { DatabaseAwayError, type SettleOutcome } from '#server/domain/usage/metering.ts';

/** What the settlement says of an answer that must not leave. It does not say which of the two was too little. */
export function withheld(outcome: Exclude<SettleOutcome, 'settled'>): DomainError {
  if (outcome === 'over_hold') {
    return new DomainError(
      'insufficient_quota',
      'The request cost more than was left of the quota or of a budget. It was not billed.',
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

/** Where what is held, the rest of a quota or of a budget, does not pay for what was read. */
export function promptNotCovered(held: Held, inputTokens: number): DomainError | null {
  if (inputTokens > held.units) {
    return new DomainError(
      'insufficient_quota',
      "What is left of this month's quota does not cover the prompt. It was not billed.",
    );
  }
  if (priceMicroUsd('text-generation', inputTokens, 0) > held.microUsd) {
    return new DomainError(
      'budget_exceeded',
      "What is left of this month's budget of the API key or of the workspace does not cover the prompt. It was not billed.",
    );
  }
  return null;
}

export interface Held {
  readonly units: number;
  readonly microUsd: number;
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
