/**
 * Why nothing was fetched: a closed set, so that the sentence to the caller is written in one place. `not_public` stands
 * for a name that does not resolve as well: whoever asks must not learn which names there are inside.
 */
export const fetchRefusals = [
  'malformed',
  'scheme',
  'credentials',
  'port',
  'not_public',
  'unreachable',
  'status',
  'too_many_redirects',
  'too_large',
  'cut_short',
  'too_slow',
] as const;
export type FetchRefusal = (typeof fetchRefusals)[number];

export type FetchOutcome =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: FetchRefusal };

/** Thrown inside of this folder only. It carries neither the URL nor what the network said of it. */
export class FetchRefusedError extends Error {
  override readonly name = 'FetchRefusedError';
  readonly reason: FetchRefusal;

  constructor(reason: FetchRefusal) {
    super(reason);
    this.reason = reason;
  }
}
