import type { Metering, SettleOutcome } from '#server/domain/usage/metering.ts';

export interface DeferredMetering {
  readonly metering: Metering;
  /** The settlement of a request, still to be made. Null: there is none. */
  take(requestId: string): (() => Promise<SettleOutcome>) | null;
}

/**
 * A call's answer leaves after it is billed; the answer of a batch's line is kept before it is billed. So what is billed
 * is never lost: a line of which the ledger knows nothing is run again, under the same id.
 */
export function createDeferredMetering(metering: Metering): DeferredMetering {
  const waiting = new Map<string, () => Promise<SettleOutcome>>();
  return {
    metering: {
      admit: (request, signal) => metering.admit(request, signal),
      // Lines are asked for before they run.
      assume: () => null,
      settleAssumed: () => Promise.reject(new Error('A line of a batch was assumed.')),
      saveProgress: (progress) => metering.saveProgress(progress),
      async settle(settlement, retryUntilMs) {
        waiting.set(settlement.requestId, () => metering.settle(settlement, retryUntilMs));
        return 'settled';
      },
    },
    take(requestId) {
      const settle = waiting.get(requestId) ?? null;
      waiting.delete(requestId);
      return settle;
    },
  };
}
