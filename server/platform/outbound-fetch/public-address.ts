import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * IANA's special-purpose registries (RFC 6890 and what came after), and one address that is public by its number alone.
 * A list of ours on Node's BlockList, which parses addresses as the system does, rather than a package whose next
 * release may move a range to another name.
 */
const notPublic4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network: Linux connects it to itself
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carriers' NAT, and clouds' own services
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's platform, reachable from inside alone
  ['169.254.0.0', 16], // link-local: metadata of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocols
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/**
 * Only 2000::/3 is given out, so all else is refused without being named: loopback, IPv4-mapped, NAT64, link-local,
 * unique local, multicast. These lie inside of it.
 */
const givenOut6 = ['2000::', 3] as const;
const notPublic6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocols: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20], // documentation
];

const refused = new BlockList();
for (const [network, prefix] of notPublic4) refused.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of notPublic6) refused.addSubnet(network, prefix, 'ipv6');
const public6 = new BlockList();
public6.addSubnet(...givenOut6, 'ipv6');

/** Whether anybody on the internet could connect to it: fails closed, what is no address is not public. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused.check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  return public6.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}
