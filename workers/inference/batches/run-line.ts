import type { SettleOutcome } from '#server/domain/usage/metering.ts';

export type RunLine = (line: LineToRun) => Promise<LineAnswer>;

export interface LineToRun {
  readonly path: string;
  readonly body: string;
  readonly keyId: string;
  readonly keyHash: Buffer;
  /** Whom its batch came from. */
  readonly address: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface LineAnswer {
  readonly status: number;
  readonly body: string;
  /** Bills it, once the answer is durable. Null: it was refused before anything was held. */
  readonly settle: (() => Promise<SettleOutcome>) | null;
}
