import type {
  GenerationInput,
  GenerationStarted,
  GenerationText,
  TextGenerator,
  TokenLogprob,
} from '#workers/model-runtime/text-generator.ts';
import type { Endpoint } from './endpoint.ts';
import type { ErrorBody } from './errors/error-to-response.ts';

/** A path that has a text written: whole, or piece by piece while it is being written. */
export interface GenerationEndpoint<Options> extends Endpoint<GenerationRequest<Options>> {
  readonly task: 'text-generation';
  /** Throws not_found for a model that this path does not serve. */
  modelOf(request: GenerationRequest<Options>): TextGenerator;
  /** Names the prompt in an error. */
  promptParam(request: GenerationRequest<Options>): string;
  reply(request: GenerationRequest<Options>, head: AnswerHead, written: WrittenText): object;
  events(request: GenerationRequest<Options>, head: AnswerHead): EventCodec;
}

export interface GenerationRequest<Options> {
  readonly model: string | undefined;
  readonly isStream: boolean;
  readonly generation: GenerationInput;
  /** What only the path's own answers depend on. */
  readonly options: Options;
}

/** What is known when the model has begun. */
export interface AnswerHead {
  /** UUIDv7. */
  readonly requestId: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly createdAtSeconds: number;
  readonly started: GenerationStarted;
}

export interface WrittenText {
  readonly choices: readonly WrittenChoice[];
  readonly receipt: GenerationReceipt;
}

export interface WrittenChoice {
  readonly text: string;
  readonly reason: FinishReason;
  readonly logprobs: readonly TokenLogprob[] | null;
}

export type FinishReason = 'stop' | 'length' | 'content_filter';

/** As it stands in the ledger. */
export interface GenerationReceipt {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly priceMicroUsd: number;
}

/** A family's words for what happens in a stream, as server-sent events. Empty: nothing is said. */
export interface EventCodec {
  start(): string;
  text(event: GenerationText): string;
  finish(end: { readonly reasons: readonly FinishReason[]; readonly receipt: GenerationReceipt }): string;
  fail(error: ErrorBody): string;
}
