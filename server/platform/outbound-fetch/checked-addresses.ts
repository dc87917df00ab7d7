import { isIP } from 'node:net';
import { FetchRefusedError } from './fetch-outcome.ts';
import { hostOf, type OutboundPolicy } from './read-target.ts';
import { type ResolvedAddress, type ResolveHost, toResolved } from './resolve-host.ts';

/** Every address has to be allowed: a name with one public and one private answer is an attack or a mistake. */
export async function checkedAddresses(
  url: URL,
  { policy, resolve }: { readonly policy: OutboundPolicy; readonly resolve: ResolveHost },
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolve(host, signal) : [toResolved(host)];
  signal.throwIfAborted();
  if (addresses.length === 0 || !addresses.every(({ address }) => policy.allowsAddress(address))) {
    throw new FetchRefusedError('not_public');
  }
  return addresses;
}
