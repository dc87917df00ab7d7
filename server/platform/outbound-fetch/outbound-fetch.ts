import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { outboundLimits } from '#server/domain/rate-limits/limits.ts';
import { BytePieces } from '../byte-pieces.ts';
import { untilAborted } from '../until-aborted.ts';
import { checkedAddresses } from './checked-addresses.ts';
import { type FetchOutcome, FetchRefusedError } from './fetch-outcome.ts';
import { openReply } from './open-reply.ts';
import { type OutboundPolicy, publicWeb, readTarget } from './read-target.ts';
import { type ResolveHost, resolveHost } from './resolve-host.ts';

export interface OutboundFetchOptions {
  readonly policy?: OutboundPolicy;
  readonly resolve?: ResolveHost;
}

export interface FetchRequest {
  readonly accept: string;
  readonly bytesMax: number;
  readonly timeoutMs?: number;
  /** The caller's: when it is aborted, `fetch` rejects with its reason. */
  readonly signal: AbortSignal;
  /** Told of each piece before it is kept; what it throws ends the fetch. */
  onBytes?(bytes: number): void;
}

/** GET of an address that a customer names, from where it may lead nowhere but to the public web. */
export type OutboundFetch = (url: string, request: FetchRequest) => Promise<FetchOutcome>;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function createOutboundFetch(options: OutboundFetchOptions = {}): OutboundFetch {
  const { policy = publicWeb, resolve = resolveHost } = options;

  async function follow(text: string, request: FetchRequest, signal: AbortSignal): Promise<Uint8Array> {
    let url = readTarget(text, policy);
    for (let redirected = 0; ; redirected++) {
      const addresses = await checkedAddresses(url, { policy, resolve }, signal);
      const reply = await openReply(url, { addresses, headers: { accept: request.accept }, signal });
      const location = redirects.has(reply.statusCode ?? 0) ? reply.headers.location : undefined;
      if (location === undefined) return await readReply(reply, request);
      reply.destroy();
      if (redirected === outboundLimits.redirectsMax) throw new FetchRefusedError('too_many_redirects');
      url = readTarget(asWritten(location), policy, url);
    }
  }

  return async (text, request) => {
    const deadline = AbortSignal.timeout(request.timeoutMs ?? outboundLimits.timeoutMs);
    const signal = AbortSignal.any([request.signal, deadline]);
    try {
      return { kind: 'fetched', bytes: await untilAborted(follow(text, request, signal), signal) };
    } catch (error) {
      request.signal.throwIfAborted();
      if (deadline.aborted) return { kind: 'refused', reason: 'too_slow' };
      if (error instanceof FetchRefusedError) return { kind: 'refused', reason: error.reason };
      throw error;
    }
  };
}

/** A header is read byte by byte; where its bytes are UTF-8, servers mean that, as browsers know. */
function asWritten(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

/** A declared length is believed where it refuses, never where it lets in. */
async function readReply(reply: IncomingMessage, { bytesMax, onBytes }: FetchRequest): Promise<Uint8Array> {
  try {
    if (reply.statusCode !== 200) throw new FetchRefusedError('status');
    if (Number(reply.headers['content-length'] ?? 0) > bytesMax) throw new FetchRefusedError('too_large');
    const pieces = new BytePieces();
    for await (const piece of whole(reply)) {
      if (pieces.bytes + piece.byteLength > bytesMax) throw new FetchRefusedError('too_large');
      onBytes?.(piece.byteLength);
      pieces.add(piece);
    }
    return pieces.joined();
  } finally {
    reply.destroy();
  }
}

async function* whole(reply: IncomingMessage): AsyncGenerator<Uint8Array> {
  const pieces = reply[Symbol.asyncIterator]();
  for (;;) {
    const piece = await pieces.next().catch(() => {
      throw new FetchRefusedError('cut_short');
    });
    if (piece.done) return;
    yield piece.value as Uint8Array;
  }
}
