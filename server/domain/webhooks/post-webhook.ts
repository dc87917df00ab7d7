import type { FetchRefusal } from '#server/platform/outbound-fetch/fetch-outcome.ts';

export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the look-up of the name to the last byte that is read. */
  readonly timeoutMs: number;
  /** Of what is answered, so much is read. */
  readonly answerBytesMax: number;
}

export type PostOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The header as it came. */
      readonly retryAfter: string | null;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: FetchRefusal };

/** Sends to an address that a customer names, and never rejects for what it answers. */
export type PostWebhook = (url: string, request: PostRequest) => Promise<PostOutcome>;
