import { outboundLimits } from '#server/domain/rate-limits/limits.ts';
import { FetchRefusedError } from './fetch-outcome.ts';
import { isPublicAddress } from './public-address.ts';

/** Where connections may go. Handed in, so that a test can let its own listener through. */
export interface OutboundPolicy {
  allowsAddress(address: string): boolean;
  allowsPort(port: number): boolean;
}

/** Ports of the web alone: a URL must not become a way to speak to mail servers, databases or proxies. */
export const publicWeb: OutboundPolicy = {
  allowsAddress: isPublicAddress,
  allowsPort: (port) => port === 80 || port === 443,
};

/**
 * The URL standard's parser brings every way of writing an address (decimal, octal, hexadecimal, full-width digits) into
 * the one form that is checked; what it can't read is refused. `base` is where a redirect comes from.
 */
export function readTarget(
  text: string,
  { allowsPort }: Pick<OutboundPolicy, 'allowsPort'>,
  base?: URL,
): URL {
  if (text.length > outboundLimits.urlCharactersMax || !URL.canParse(text, base?.href)) {
    throw new FetchRefusedError('malformed');
  }
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new FetchRefusedError('scheme');
  if (url.username !== '' || url.password !== '') throw new FetchRefusedError('credentials');
  const port = url.port === '' ? defaultPort(url) : Number(url.port);
  if (!allowsPort(port)) throw new FetchRefusedError('port');
  url.hash = '';
  return url;
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function defaultPort(url: URL): number {
  return url.protocol === 'https:' ? 443 : 80;
}
