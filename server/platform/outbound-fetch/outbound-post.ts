import type { IncomingMessage } from 'node:http';
import type { PostOutcome, PostRequest, PostWebhook } from '#server/domain/webhooks/post-webhook.ts';
import { untilAborted } from '../until-aborted.ts';
import { checkedAddresses } from './checked-addresses.ts';
import { type FetchRefusal, FetchRefusedError } from './fetch-outcome.ts';
import { openReply } from './open-reply.ts';
import type { OutboundFetchOptions } from './outbound-fetch.ts';
import { publicWeb, readTarget } from './read-target.ts';
import { resolveHost } from './resolve-host.ts';

/**
 * POST to an address that a customer names, behind the same guard as what is fetched. A redirect is an answer like any
 * other: it is not followed, so it leads nowhere.
 */
export function createOutboundPost(options: OutboundFetchOptions = {}): PostWebhook {
  const { policy = publicWeb, resolve = resolveHost } = options;

  async function open(text: string, request: PostRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const url = readTarget(text, policy);
    const addresses = await checkedAddresses(url, { policy, resolve }, signal);
    return openReply(url, { addresses, headers: request.headers, body: request.body, signal });
  }

  return async (text, request) => {
    const signal = AbortSignal.timeout(request.timeoutMs);
    try {
      const reply = await untilAborted(open(text, request, signal), signal);
      return {
        kind: 'answered',
        status: reply.statusCode ?? 0,
        retryAfter: reply.headers['retry-after'] ?? null,
        body: await beginningOf(reply, request.answerBytesMax),
      };
    } catch (error) {
      if (signal.aborted) return refused('too_slow');
      if (error instanceof FetchRefusedError) return refused(error.reason);
      throw error;
    }
  };
}

const refused = (reason: FetchRefusal): PostOutcome => ({ kind: 'refused', reason });

/** The status is the answer: what comes after it is read as far as it comes, and never fails it. */
async function beginningOf(reply: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of reply as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= bytesMax) break;
    }
  } catch {
    // Cut short, or out of time.
  } finally {
    reply.destroy();
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}
