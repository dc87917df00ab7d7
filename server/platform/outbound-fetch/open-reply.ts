import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { brand } from '#server/domain/brand/brand.ts';
import { outboundLimits } from '#server/domain/rate-limits/limits.ts';
import { FetchRefusedError } from './fetch-outcome.ts';
import type { ResolvedAddress } from './resolve-host.ts';

/**
 * Connects to an address that was checked, whatever the name says by now: it is not asked for again. A connection of its
 * own each time, no cookies, nothing of the caller's.
 */
export function openReply(
  url: URL,
  {
    addresses,
    headers,
    body,
    signal,
  }: {
    readonly addresses: readonly ResolvedAddress[];
    readonly headers: Readonly<Record<string, string>>;
    /** Sent with POST. Left out: GET. */
    readonly body?: string;
    readonly signal: AbortSignal;
  },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const refuse = () => reject(new FetchRefusedError('unreachable'));
    const sent = request(url, {
      agent: false,
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': `${brand.name}/1.0` },
      lookup: answeringWith(addresses),
      maxHeaderSize: outboundLimits.headersBytesMax,
      signal,
    });
    sent.once('response', resolve);
    // Also when a server switches protocols: there is no response then, and the connection closes.
    sent.once('close', refuse);
    sent.on('error', refuse);
    sent.end(body);
  });
}

function answeringWith(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_host, { all }, answer) => {
    const [first] = addresses;
    if (!first) return answer(new Error('No address.'), '');
    if (all) return answer(null, [...addresses]);
    answer(null, first.address, first.family);
  };
}
