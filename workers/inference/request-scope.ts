import type { RateWindows } from '#server/domain/usage/metering.ts';

/** A request as it came in, with what its answer and its log line must tell wherever it ends. */
export interface Received {
  readonly request: Request;
  /** UUIDv7: the ledger's primary key. */
  readonly requestId: string;
  /** By performance.now(). */
  readonly startedAtMs: number;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
  /** Counts bytes that the request keeps in memory. Throws where the gateway holds too many, or the request is over. */
  holdBytes(bytes: number): void;
  /** The request is over: what it held is given back. */
  releaseBytes(): void;
  /** The address that limits count against; worked out only where one is needed. */
  address(): string;
  readonly scope: RequestScope;
}

export interface RequestScope {
  windows: RateWindows | null;
  workspaceId: string | null;
}
