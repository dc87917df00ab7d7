import type { ApiKeyScope } from '../api-keys/scopes.ts';

/**
 * The one arbiter of keys, limits and spending, as the data plane sees it. All fail closed: while the database is away
 * nothing is admitted, and an answer that can't be written down is withheld.
 */
export interface Metering {
  /** Checks the key, counts the rate windows and holds the most that the request may cost. */
  admit(request: AdmitRequest, signal?: Pick<AbortSignal, 'aborted' | 'reason'>): Promise<Admission>;
  /**
   * Instead, for a short request, without asking: its like was let through a moment ago with much left. It may run, and
   * `settleAssumed` must follow, which decides over it. Null: it has to be admitted.
   */
  assume(request: AdmitRequest): Assumed | null;
  /**
   * Admits an assumed request for what it cost and writes that, in one; where that can't be, admits it with `admit` and
   * then settles it. Refused: nothing was written, and its answer must be withheld.
   */
  settleAssumed(assumed: Assumed, cost: Cost, how: SettleAssumedOptions): Promise<AssumedOutcome>;
  /**
   * Writes what the request cost and releases its hold. Safe to repeat. Durable once it resolves.
   * A lost connection is retried until `retryUntilMs`.
   */
  settle(settlement: Settlement, retryUntilMs: number): Promise<SettleOutcome>;
  /**
   * Writes down what a request that goes on has cost so far, and lets its hold, which must be its own, live on from
   * now. Safe to repeat. Durable once it resolves. If the gateway dies, the request is settled at what was saved last.
   */
  saveProgress(progress: Progress): Promise<ProgressOutcome>;
}

export interface AdmitRequest {
  /** UUIDv7. */
  readonly requestId: string;
  readonly keyId: string;
  readonly keyHash: Buffer;
  readonly scope: ApiKeyScope;
  /** The id of the model that runs; empty where none does. */
  readonly model: string;
  /** Whom it comes from: an IP address, or `unknown`. */
  readonly address: string;
  /** Of the page in a browser that sends it; empty where none does, or where it is our own. */
  readonly origin: string;
  /** Bounds of what it costs. With a most of 0 units it is checked and counted, but holds nothing. */
  readonly unitsMin: number;
  readonly unitsMax: number;
  readonly microUsdMax: number;
  /** Whether the rate windows have counted the request already, since it asks again. Null: no window counts it, nor its units. */
  readonly counted: boolean | null;
  /** It goes on for so long that it has to save its progress: it shares its hold with no other. */
  readonly ownHold?: boolean;
}

export const refusals = [
  'unknown',
  'revoked',
  'expired',
  'suspended',
  'scope_missing',
  'model_not_allowed',
  'address_not_allowed',
  'origin_not_allowed',
  'rate_limited',
  'concurrency_limited',
  'quota_exceeded',
  'quota_held',
  'budget_exceeded',
  'key_budget_exceeded',
] as const;
export type Refusal = (typeof refusals)[number];
export type Verdict = 'valid' | Refusal;

/** A rate window as the caller is told of it: the tighter one of the key's and the workspace's. */
export interface RateWindow {
  readonly limit: number;
  readonly remaining: number;
  /** Until it is full again. */
  readonly resetMs: number;
}

export interface RateWindows {
  readonly requests: RateWindow;
  readonly units: RateWindow;
}

export type Admission =
  | {
      readonly verdict: 'valid';
      readonly workspaceId: string;
      readonly epoch: number;
      readonly windows: RateWindows;
      /** Its part of a hold that it shares; left out where the hold is its own. */
      readonly share?: HoldShare | undefined;
    }
  | {
      readonly verdict: Refusal;
      /** Null: there is no such key. */
      readonly workspaceId: string | null;
      readonly windows: RateWindows | null;
      readonly retryAfterMs: number;
    };

/** What is true of it unless `settleAssumed` says otherwise. */
export interface Assumed {
  readonly verdict: 'assumed';
  readonly workspaceId: string;
  readonly request: AdmitRequest;
}

export interface SettleAssumedOptions {
  admit(request: AdmitRequest): Promise<Admission>;
  /** A lost connection is retried until then. What comes later is not written: nobody waits for it any more (`no_hold`). */
  readonly retryUntilMs: number;
}

export type AssumedOutcome =
  | Extract<Admission, { retryAfterMs: number }>
  | {
      readonly verdict: 'valid';
      /** Null: it was written, but not seen how much is left. */
      readonly windows: RateWindows | null;
      readonly outcome: SettleOutcome;
    };

/** Requests of one key that were admitted together share a hold: each takes its part out when it is settled. */
export interface HoldShare {
  readonly holdId: string;
  readonly units: number;
  readonly microUsd: number;
}

export interface Settlement extends Cost {
  readonly epoch: number;
  /** As the admission gave it. */
  readonly share?: HoldShare | undefined;
}

export interface Cost {
  readonly requestId: string;
  readonly keyId: string;
  readonly task: string;
  readonly modelVersion: string;
  /** Class of the HTTP status that is answered. Only a 2 is ever billed. */
  readonly statusClass: 2 | 4 | 5;
  readonly inputUnits: number;
  readonly outputUnits: number;
  readonly unit: 'token' | 'image' | 'sample';
  readonly priceMicroUsd: number;
  readonly priceVersion: number;
  readonly latencyMs: number;
}

/**
 * settled: it is in the ledger. no_hold: the hold expired or was taken over; over_hold: it cost more than was
 * held, which happens only where the rest of a quota or budget was held. Both withhold the answer, unbilled.
 */
export const settleOutcomes = ['settled', 'no_hold', 'over_hold'] as const;
export type SettleOutcome = (typeof settleOutcomes)[number];

export interface Progress {
  readonly requestId: string;
  readonly epoch: number;
  /** Null: nothing is billed before it has ended, and only its hold is to live on. */
  readonly soFar: Omit<Cost, 'requestId' | 'keyId' | 'statusClass'> | null;
}

/**
 * no_hold: the hold expired or was taken over. What was saved is billed, and nothing more will be: the answer must end.
 * over_hold: more than is held; nothing was saved.
 */
export const progressOutcomes = ['saved', 'no_hold', 'over_hold'] as const;
export interface ProgressOutcome {
  readonly outcome: (typeof progressOutcomes)[number];
  /** What is held: less than was asked for, where the rest of a quota or budget was held. */
  readonly heldUnits: number;
  readonly heldMicroUsd: number;
}

/** PostgreSQL does not answer: nothing is admitted. */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError';
}

/** More requests wait than the gateway keeps. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/**
 * Upper bounds of the buckets of `usage_hours.latency_counts`; the last bucket has none. The SQL functions that
 * settle have the same bounds; a test holds them together.
 */
export const latencyBoundsMs = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
