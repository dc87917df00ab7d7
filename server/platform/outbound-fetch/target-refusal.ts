import { isIP } from 'node:net';
import { type FetchRefusal, FetchRefusedError } from './fetch-outcome.ts';
import { hostOf, type OutboundPolicy, readTarget } from './read-target.ts';

/** What can be said of a URL without asking anybody: the addresses of a name are checked whenever it is called. */
export function targetRefusal(text: string, policy: OutboundPolicy): FetchRefusal | null {
  try {
    const host = hostOf(readTarget(text, policy));
    return isIP(host) !== 0 && !policy.allowsAddress(host) ? 'not_public' : null;
  } catch (error) {
    if (error instanceof FetchRefusedError) return error.reason;
    throw error;
  }
}
