import type { GenerationRequest } from '../text/generation-loop.ts';
import type { GenerationEvent, GenerationRefusal } from '../text-generator.ts';
import type { LlamaDevice } from './binding.ts';

/** What the gateway tells the process that writes. */
export type TextCommand =
  | ({ readonly kind: 'start' } & GenerationRequest)
  | { readonly kind: 'cancel'; readonly id: number };

/** What the process says: all that one step brought, together. */
export type TextMessage =
  | { readonly kind: 'ready'; readonly facts: TextModelFacts }
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'news'; readonly news: readonly TextNews[] };

export interface TextModelFacts {
  readonly contextTokens: number;
  readonly templateTokens: number;
  readonly templateTokensPerMessage: number;
}

/** The last of a request is `refused`, `failed` or `ended`. */
export type TextNews =
  | { readonly id: number; readonly kind: 'event'; readonly event: GenerationEvent }
  | { readonly id: number; readonly kind: 'refused'; readonly refusal: GenerationRefusal }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string }
  | { readonly id: number; readonly kind: 'ended' };

/** How the process is started, as JSON in its first argument. */
export interface TextProcessOptions {
  readonly file: string;
  readonly device: LlamaDevice;
  readonly threads: number;
  readonly sequences: number;
  readonly laneSequencesMax: number;
  readonly contextTokens: number;
  readonly adapters: readonly AdapterFile[];
}

/** A LoRA adapter of the model, as GGUF. */
export interface AdapterFile {
  readonly id: string;
  readonly file: string;
}
