import { DomainError } from '#server/domain/errors.ts';
import { imageLimits, outboundLimits } from '#server/domain/rate-limits/limits.ts';
import type { FetchRefusal } from '#server/platform/outbound-fetch/fetch-outcome.ts';

/** What to do, and never what stands behind an address that is not public. */
const sentences = {
  malformed: 'This is no whole URL. Give one that begins with http:// or https://.',
  scheme: 'Only http and https are fetched. Send other pictures as base64.',
  credentials: 'A URL with a user name or password is not fetched. Give one that needs neither.',
  port: 'Only ports 80 and 443 are fetched from. Send the picture as base64.',
  not_public: 'The URL leads to no public address. Give one that everybody can open, or send base64.',
  unreachable: 'The server of the URL did not answer. Try again, or send the picture as base64.',
  status: 'The server of the URL did not answer with status 200. Give one that everybody can open.',
  too_many_redirects: `The URL redirects more than ${outboundLimits.redirectsMax} times. Give the last one.`,
  too_large: `A picture has at most ${imageLimits.pictureBytesMax} bytes. Make it smaller.`,
  cut_short: 'The server of the URL ended before the picture was whole. Try again, or send it as base64.',
  too_slow: `Pictures are fetched within ${outboundLimits.timeoutMs / 1_000} s. Try again, or send them as base64.`,
} as const satisfies Record<FetchRefusal, string>;

/** Without a cause: what the network said of a customer's URL must not reach the log. */
export function urlRefusedError(reason: FetchRefusal, param: string): DomainError {
  return new DomainError('url_not_fetched', sentences[reason], { param });
}
