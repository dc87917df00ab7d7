import { type IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  type ClientAddressInput,
  clientAddress,
  wholeClientAddress,
} from '#server/domain/rate-limits/client-address.ts';
import type { Departure } from '#workers/batching/batcher.ts';
import type { Received, RequestScope } from '../request-scope.ts';
import type { RequestTrace } from '../tracing/request-trace.ts';
import type { ByteBudget, ByteShare } from './byte-budget.ts';
import { connectionDeparture } from './connection-departure.ts';
import type { CrossOrigin } from './cors.ts';

/** Of the server that a call comes through; a test may bring less, or nothing. */
export interface ServerBindings {
  readonly incoming?: Pick<IncomingMessage, 'headers'> & {
    readonly socket?: { readonly remoteAddress?: string | undefined };
  };
  readonly outgoing?: Pick<ServerResponse, 'destroy'>;
}

/** What all calls of a gateway share. */
export interface CallSurroundings {
  readonly memory: ByteBudget;
  readonly cors: Pick<CrossOrigin, 'foreignOrigin'>;
  readonly trustedHops: number;
}

export interface CallParts extends ServerBindings {
  readonly request: Request;
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly trace: RequestTrace | null;
  readonly pathParameters: () => Readonly<Record<string, string>>;
}

/** A call over HTTP. A class, because there are thousands a second: what few of them ask for is made when they do. */
export class ReceivedCall implements Received {
  readonly request: Request;
  readonly incoming: Readable | null;
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly trace: RequestTrace | null;
  readonly pathParameters: CallParts['pathParameters'];
  readonly scope: RequestScope = { windows: null, workspaceId: null };
  readonly #headers: IncomingMessage['headers'] | null;
  readonly #parts: CallParts;
  readonly #surroundings: CallSurroundings;
  #bytes: ByteShare | null = null;
  #isOver = false;
  #departure: Departure | null = null;

  constructor(parts: CallParts, surroundings: CallSurroundings) {
    const { incoming } = parts;
    this.request = parts.request;
    this.incoming = incoming instanceof Readable ? incoming : null;
    this.requestId = parts.requestId;
    this.startedAtMs = parts.startedAtMs;
    this.trace = parts.trace;
    this.pathParameters = parts.pathParameters;
    this.#headers = this.incoming && incoming ? incoming.headers : null;
    this.#parts = parts;
    this.#surroundings = surroundings;
  }

  header(name: string): string | null {
    if (!this.#headers) return this.request.headers.get(name);
    const value = this.#headers[name];
    return (Array.isArray(value) ? value[0] : value) ?? null;
  }

  get signal(): AbortSignal {
    return this.request.signal;
  }

  get departure(): Departure {
    const { outgoing } = this.#parts;
    this.#departure ??= outgoing instanceof ServerResponse ? connectionDeparture(outgoing) : this.signal;
    return this.#departure;
  }

  get holdBytes(): Received['holdBytes'] {
    this.#bytes ??= this.#surroundings.memory.share();
    if (this.#isOver) this.#bytes.releaseBytes();
    return this.#bytes.holdBytes;
  }

  releaseBytes(): void {
    this.#isOver = true;
    this.#bytes?.releaseBytes();
  }

  get cut(): Received['cut'] {
    const { outgoing } = this.#parts;
    return outgoing ? () => void outgoing.destroy() : null;
  }

  address(): string {
    return clientAddress(this.#addressInput());
  }

  wholeAddress(): string {
    return wholeClientAddress(this.#addressInput());
  }

  #addressInput(): ClientAddressInput {
    return {
      remoteAddress: this.#parts.incoming?.socket?.remoteAddress,
      forwardedFor: this.header('x-forwarded-for') ?? undefined,
      trustedHops: this.#surroundings.trustedHops,
    };
  }

  foreignOrigin(): string {
    return this.#surroundings.cors.foreignOrigin(this.header('origin'));
  }
}
