import type { Readable } from 'node:stream';
import type { RateWindows } from '#server/domain/usage/metering.ts';
import type { Departure } from '#workers/batching/batcher.ts';
import type { RequestTrace } from './tracing/request-trace.ts';

/** A request as it came in, with what its answer and its log line must tell wherever it ends. */
export interface Received {
  readonly request: Request;
  /** Its body as it comes from the connection, cheaper to read piece by piece than `request.body`. Null: there is no connection. */
  readonly incoming: Readable | null;
  /** UUIDv7: the ledger's primary key. */
  readonly requestId: string;
  /** By performance.now(). */
  readonly startedAtMs: number;
  /** What a header says; null where it was not sent. The name in small letters. */
  header(name: string): string | null;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
  /** The same, for those that only look at it: a signal is not made before somebody needs a whole one. */
  readonly departure: Departure;
  /** Counts bytes that the request keeps in memory. Throws where the gateway holds too many, or the request is over. */
  readonly holdBytes: (bytes: number) => void;
  /** The request is over: what it held is given back. */
  releaseBytes(): void;
  /** Ends the connection. Null: there is none (a test). */
  readonly cut: (() => void) | null;
  /** What the path's template names. */
  pathParameters(): Readonly<Record<string, string>>;
  /** The address that limits count against; worked out only where one is needed. */
  address(): string;
  /** Whom it comes from, as lists of addresses are compared with. */
  wholeAddress(): string;
  /** Of the page in a browser that sends it; empty where none does, or where it is our own. */
  foreignOrigin(): string;
  readonly scope: RequestScope;
  /** Null: nobody follows it. */
  readonly trace: RequestTrace | null;
  /** A line of a batch, with the key that made the batch: it brings no header, and no rate window counts it. */
  readonly line?: { readonly keyId: string; readonly keyHash: Buffer };
}

export interface RequestScope {
  windows: RateWindows | null;
  workspaceId: string | null;
  /** Left out: it claimed no Idempotency-Key. Never rejects. */
  releaseClaim?: () => Promise<void>;
  /** Left out: the answer is whole. Otherwise its end, which is counted and logged instead; it never rejects. */
  streamEnd?: Promise<StreamEnd>;
}

export interface StreamEnd {
  /** Whether its reader went away before. */
  readonly isCancelled: boolean;
  /** Undefined: none. */
  readonly error: unknown;
}
