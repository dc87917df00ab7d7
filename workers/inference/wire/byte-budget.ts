import { DomainError } from '#server/domain/errors.ts';

/** How much of what customers send a gateway keeps in memory, over all requests. */
export interface ByteBudget {
  /** One request's part of it. */
  share(): ByteShare;
  readonly heldBytes: number;
}

export interface ByteShare {
  /** Throws `overloaded` instead of going over the budget. */
  holdBytes(bytes: number): void;
  /** Gives all back. What still arrives for a request that is over is not held any more. */
  releaseBytes(): void;
}

/** Fails closed: a request that would not fit is told to come back, and none that is under way has to make room. */
export function createByteBudget(bytesMax: number): ByteBudget {
  let held = 0;
  return {
    share() {
      let own = 0;
      let over = false;
      return {
        holdBytes(bytes) {
          if (over) throw new Error('The request is over.');
          if (held + bytes > bytesMax) throw tooMuch();
          held += bytes;
          own += bytes;
        },
        releaseBytes() {
          if (over) return;
          over = true;
          held -= own;
        },
      };
    },
    get heldBytes() {
      return held;
    },
  };
}

function tooMuch(): DomainError {
  return new DomainError('overloaded', 'Too many large requests are under way. Try again.', {
    retryAfterMs: 1_000,
  });
}
