/**
 * At most one request with the same name succeeds, over any number of gateways. Kept are MACs of the name and of what was
 * sent; whether the request that has the name succeeded is what the ledger says.
 */
export interface Idempotency {
  /** Rejects where the database does not answer: without an answer nothing may run. */
  claim(request: NamedRequest): Promise<ClaimOutcome>;
  /** A request that did not succeed leaves its name to the next. Never rejects: a claim ends by itself. */
  release(request: Pick<NamedRequest, 'keyId' | 'nameMac' | 'requestId'>): Promise<void>;
}

export interface NamedRequest {
  /** UUIDv7. */
  readonly requestId: string;
  readonly keyId: string;
  readonly keyHash: Buffer;
  readonly nameMac: Buffer;
  readonly requestMac: Buffer;
}

/** no_key: there is no such key in force, which is the admission's to say. other_request: the name is of another one. */
export type ClaimOutcome =
  | { readonly kind: 'claimed' | 'no_key' | 'other_request' | 'in_flight' }
  | { readonly kind: 'completed'; readonly requestId: string };
