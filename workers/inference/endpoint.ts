import type { RouteConfig } from '@hono/zod-openapi';
import type { ApiKeyScope } from '#server/domain/api-keys/scopes.ts';
import type { PricedTask } from '#server/domain/billing/prices.ts';
import type { ServedModel } from './models/served-model.ts';
import type { BodyLimits } from './wire/read-body-bytes.ts';

/** A path of the public API. The endpoint is only a codec: what guards it is the pipeline's list of stages. */
export interface Endpoint<Input> {
  readonly route: RouteConfig;
  readonly family: EndpointFamily;
  /** By the input, where a path takes several kinds of them. */
  readonly scope: ApiKeyScope | ((input: Input) => ApiKeyScope);
  /** Null: the request has no body. */
  readonly body: BodyReader<Input> | null;
  /** Left out: those of a request with texts. */
  readonly bodyLimits?: BodyLimits;
}

/** The edge: what it returns has the shape that the endpoint declares. Refuses the rest, with the field's name. */
export type BodyReader<Input> = (body: IncomingBody) => Promise<Input>;

export interface IncomingBody {
  /** Empty: none was sent. */
  readonly contentType: string;
  readBody(): Promise<Uint8Array>;
  /** Instead: piece by piece, for who bounds it. */
  pieces(): AsyncIterable<Uint8Array>;
}

export interface SentParameters {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Whose clients call it, which decides the shape of errors and one status. */
export type EndpointFamily = 'own' | 'hugging-face';

/** Runs a model, and so costs units. */
export interface MeteredEndpoint<Input, Item, Output> extends Endpoint<Input> {
  readonly task: PricedTask | ((input: Input) => PricedTask);
  /** Throws not_found for a model that this path does not serve. */
  modelOf(input: Input): ServedModel<Item, Output>;
  itemsOf(input: Input): readonly Item[];
  /** Brings what the request only points at, once it is admitted: returns it with everything in it. */
  readonly fetchInputs?: FetchInputs<Input>;
  /** Whether it does point at anything. Left out: as far as anybody knows. */
  pointsElsewhere?(input: Input): boolean;
  /** What runs once those are answered, one after the other, where what that is follows from the outputs before. */
  readonly followUps?: readonly FollowUp<Input, Item, Output>[];
  /** What to do about a text that is too long for the model. Left out: have it cut. */
  readonly tooLongCure?: string;
  /** Names the item in an error: `input` or `input[3]`. Undefined: it is the whole body. */
  paramOf(input: Input, index: number): string | undefined;
  inputUnitsOf(output: Output): number;
  reply(input: Input, answer: Answer<Output>): object;
}

export type FetchInputs<Input> = (input: Input, context: FetchContext) => Promise<Input>;

export interface FetchContext {
  readonly signal: AbortSignal;
  holdBytes(bytes: number): void;
}

export interface FollowUp<Input, Item, Output> {
  /** Known before anything runs: as many items, each at least as dear. */
  itemsMax(input: Input): readonly Item[];
  /** `outputs` of all that ran before. */
  itemsOf(input: Input, outputs: readonly Output[]): readonly Item[];
}

/** What depends on the input's kind, or does not. */
export function byInput<Input, Value extends string>(
  value: Value | ((input: Input) => Value),
  input: Input,
): Value {
  return typeof value === 'function' ? value(input) : value;
}

export interface Answer<Output> {
  /** As the caller sees it: `req_…`. */
  readonly id: string;
  readonly model: string;
  /** Of the items, then of the follow-ups'. */
  readonly outputs: readonly Output[];
  readonly inputUnits: number;
  readonly priceMicroUsd: number;
}

/** Costs nothing: the key is checked and the call counted against its rate. */
export interface FreeEndpoint<Input> extends Endpoint<Input> {
  /** Of a request without a body: what its path and query say. Left out: nothing. */
  readonly readParameters?: (sent: SentParameters) => Input;
  /** Speaks of that model alone: refused to a key that may not call it. Left out: of none. */
  readonly modelId?: string;
  /** Makes something once for an Idempotency-Key. */
  readonly takesName?: true;
  /** A Response: what it streams is not JSON. */
  reply(input: Input, caller: Caller): object | Promise<object>;
}

/** Who asks, as the admission says. */
export interface Caller {
  /** UUIDv7. */
  readonly requestId: string;
  /** Undefined: it has none, or the endpoint takes none. */
  readonly name: { readonly nameMac: Buffer; readonly requestMac: Buffer } | undefined;
  readonly workspaceId: string;
  readonly keyId: string;
  /** As lists of addresses are compared with. */
  readonly address: string;
  /** Whether the key's list of models has it, by the rule that a call of it meets. */
  mayCall(model: string): Promise<boolean>;
}
