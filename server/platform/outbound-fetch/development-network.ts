import { lookup } from 'node:dns/promises';
import type { OutboundFetchOptions } from './outbound-fetch.ts';
import { toResolved } from './resolve-host.ts';

/** For an operator who develops against their own machine: any address and port, and names as the machine knows them. */
export const developmentNetwork: Required<OutboundFetchOptions> = {
  policy: { allowsAddress: () => true, allowsPort: () => true },
  resolve: (host) =>
    lookup(host, { all: true }).then(
      (found) => found.map(({ address }) => toResolved(address)),
      () => [],
    ),
};
