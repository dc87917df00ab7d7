import { isIPv6 } from 'node:net';
import { ipv4OfMapped } from './ipv4-of-mapped.ts';

export interface ClientAddressInput {
  /** The other end of the socket. */
  readonly remoteAddress: string | undefined;
  /** The header X-Forwarded-For as it arrived. */
  readonly forwardedFor: string | undefined;
  /** Proxies of our own in front, each of which appends the address it was called from. */
  readonly trustedHops: number;
}

/** A client whose address can't be told. */
export const unknownAddress = 'unknown';

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const ipv6GroupsPerNetwork = 4;

/** The address that limits count against: an IPv6 address is cut to its /64, which is what one customer line has. */
export function clientAddress(input: ClientAddressInput): string {
  const whole = wholeClientAddress(input);
  return ipv4.test(whole) ? whole : (ipv6Network(whole) ?? unknownAddress);
}

/**
 * The address that lists of addresses are compared with. A header can be written by anyone, so only its last
 * `trustedHops` entries mean anything: with none, it is ignored; with n, the nth from the right is what our outermost
 * proxy saw.
 */
export function wholeClientAddress({ remoteAddress, forwardedFor, trustedHops }: ClientAddressInput): string {
  const socket = remoteAddress ?? '';
  if (trustedHops <= 0) return plainAddress(socket);
  const forwarded = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  // A chain that is shorter than it has to be did not pass our proxies: the socket's own address is all that is known.
  const seen = forwarded.length >= trustedHops ? forwarded[forwarded.length - trustedHops] : undefined;
  return plainAddress(seen ? withoutPort(seen) : socket);
}

/** Proxies write `203.0.113.7:5123` and `[2001:db8::1]:5123` too. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(entry)?.[1];
  if (bracketed !== undefined) return bracketed;
  const [host, port, ...rest] = entry.split(':');
  return host !== undefined && port !== undefined && rest.length === 0 ? host : entry;
}

/** Without a zone, and an IPv4 address out of its IPv6 clothes. */
function plainAddress(address: string): string {
  const plain = (address.split('%')[0] ?? '').toLowerCase();
  const embedded = plain.startsWith('::ffff:') ? plain.slice('::ffff:'.length) : plain;
  if (ipv4.test(embedded)) return embedded;
  return isIPv6(plain) ? (ipv4OfMapped(plain) ?? plain) : unknownAddress;
}

function ipv6Network(address: string): string | undefined {
  if (!/^[0-9a-f:.]+$/.test(address) || !address.includes(':')) return undefined;
  const [head = '', tail, ...more] = address.split('::');
  if (more.length > 0) return undefined;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right].slice(
    0,
    ipv6GroupsPerNetwork,
  );
  if (groups.length < ipv6GroupsPerNetwork || groups.some((group) => !/^[0-9a-f]{1,4}$/.test(group)))
    return undefined;
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
