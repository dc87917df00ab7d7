import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address of a name. Empty: it has none, or nobody could say. */
export type ResolveHost = (host: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>;

const tryTimeoutMs = 2_000;

/**
 * Asks the name servers and nobody else: not /etc/hosts, whose names are the machine's own, and not on the threads that
 * files and hashes wait for, as getaddrinfo would.
 */
export const resolveHost: ResolveHost = async (host, signal) => {
  const resolver = new Resolver({ timeout: tryTimeoutMs, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const none = () => [];
  try {
    const [four, six] = await Promise.all([
      resolver.resolve4(host).catch(none),
      resolver.resolve6(host).catch(none),
    ]);
    return [...four, ...six].map(toResolved);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

export function toResolved(address: string): ResolvedAddress {
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}
