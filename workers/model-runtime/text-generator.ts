import type { ModelIdentity, TextTooLong } from './model-runtime.ts';

/**
 * What the gateway knows of a model that writes texts. It answers piece by piece, and many requests at once share its
 * steps; which of them goes on in a step, and who gets a free sequence, is the implementation's business, fair
 * between lanes.
 */
export interface TextGenerator {
  readonly model: ModelIdentity;
  readonly limits: GenerationLimits;
  /**
   * Starts at the first event that is asked for. Throws GenerationRefusedError before any event (the input's fault),
   * GenerationQueueFullError before any event, ModelRuntimeError at any time (ours).
   * Once `signal` is aborted at most two more tokens are made for each choice; then each choice ends with
   * `finished`, reason `cancelled`, so that what was made can be billed. Aborted before it started, it ends with no event.
   */
  generate(input: GenerationInput, options: GenerationOptions): AsyncIterable<GenerationEvent>;
  /** Resolves when the model has made a first token and can be sent traffic. */
  ready(): Promise<void>;
  /** Lets what is being written come to its end. */
  close(): Promise<void>;
}

export interface GenerationLimits {
  /** Of one sequence: prompt and answer together, in tokens, those of the chat template counted. */
  readonly contextTokens: number;
  /** Tokens that the chat template adds at most, beside a constant number a message. */
  readonly templateTokens: number;
  readonly templateTokensPerMessage: number;
  /** Requests that wait for a sequence, beyond which generate() throws GenerationQueueFullError. */
  readonly waitingMax: number;
}

export interface GenerationOptions {
  /** Who asks: lanes share the model's steps fairly. A lane is a workspace. */
  readonly lane: string;
  readonly signal: AbortSignal;
}

export interface GenerationInput {
  readonly prompt: Prompt;
  /** Cuts the oldest of the prompt instead of refusing one that leaves no room for an answer. */
  readonly truncate: boolean;
  /** Of each choice. Less is made where the context ends before. */
  readonly outputTokensMax: number;
  /** Answers to the same prompt; choice i is drawn with `seed + i`. At least 1. */
  readonly choices: number;
  readonly sampling: Sampling;
  /** An answer ends before the first of these that it would contain. None is empty. */
  readonly stop: readonly string[];
  /** So many alternatives of each token with their log probabilities (0: of the chosen token alone). Null: none. */
  readonly logprobs: number | null;
  readonly format: OutputFormat;
}

export type Prompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Sampling {
  /** 0: always the most probable token. */
  readonly temperature: number;
  /** Nucleus sampling (Holtzman et al., 2019): 1 keeps all. */
  readonly topP: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** Keeps what is at least this share of the most probable token: 0 keeps all. */
  readonly minP: number;
  /** 32 bits without sign. */
  readonly seed: number;
  /** Divides the logits of tokens that occurred in the answer so far (Keskar et al., 2019): 1 changes nothing. */
  readonly repetitionPenalty: number;
  /** As OpenAI defines them: taken from the logits of what was generated, once, or by count. 0 changes nothing. */
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Added to the logit of a token, by its number. */
  readonly logitBias: readonly (readonly [token: number, bias: number])[];
}

export type OutputFormat =
  | { readonly kind: 'text' }
  /** An object of JSON. */
  | { readonly kind: 'json' }
  /** JSON that the schema accepts; checked with `grammarOfSchema` before. */
  | { readonly kind: 'json_schema'; readonly schema: unknown };

export type GenerationEvent = GenerationStarted | GenerationText | GenerationFinished;

/** The first event. */
export interface GenerationStarted {
  readonly kind: 'started';
  /** Of the prompt, those of the template counted: what is billed, once whatever the number of choices. */
  readonly inputTokens: number;
  /** Of these, so many needed not be computed. */
  readonly cachedTokens: number;
  /** Whether the prompt was cut. */
  readonly truncated: boolean;
}

export interface GenerationText {
  readonly kind: 'text';
  readonly choice: number;
  /** Whole characters; never a part of a stop sequence. Empty where all is held back but tokens have to be counted. */
  readonly text: string;
  /** Tokens made since the choice's last event, as far as they are known before `finished`. */
  readonly tokens: number;
  /** Where asked for: one entry for each token that begins in `text`. Null: not asked for. */
  readonly logprobs: readonly TokenLogprob[] | null;
}

export interface GenerationFinished {
  readonly kind: 'finished';
  readonly choice: number;
  /**
   * stop: the model or a stop sequence ended it. length: outputTokensMax or the context did. content_filter: a policy did, ours or the engine's.
   */
  readonly reason: 'stop' | 'length' | 'content_filter' | 'cancelled';
  /** All that were made for this choice, the token that ends a text left out: what is billed. */
  readonly outputTokens: number;
}

export interface TokenLogprob {
  /** Its number in the model's vocabulary. Null: the engine does not tell. */
  readonly id: number | null;
  readonly token: string;
  readonly bytes: readonly number[];
  /** Natural logarithm of its probability before sampling changes anything. */
  readonly logprob: number;
  /** The most probable first. */
  readonly alternatives: readonly {
    readonly token: string;
    readonly bytes: readonly number[];
    readonly logprob: number;
  }[];
}

/** The input's fault: 422 or 400, nothing is billed. */
export class GenerationRefusedError extends Error {
  override readonly name = 'GenerationRefusedError';
  readonly refusal: GenerationRefusal;

  constructor(refusal: GenerationRefusal) {
    super(`Refused: ${refusal.refused}`);
    this.refusal = refusal;
  }
}

export type GenerationRefusal =
  | TextTooLong
  /** The same without a count: it is far too long, or an engine elsewhere gave none. */
  | { readonly refused: 'prompt_too_long'; readonly contextTokens: number }
  /** The model's chat template does not take the messages: a role, or their order. */
  | { readonly refused: 'template' }
  /** A number in logitBias that no token has. */
  | { readonly refused: 'unknown_token'; readonly token: number }
  /** What this model's engine can't promise, by its name on our paths. */
  | { readonly refused: 'unsupported'; readonly field: UnsupportedField }
  /** The engine took nothing of it, and there is no telling why. */
  | { readonly refused: 'by_engine' }
  /** The prompt is against the operator's policy. */
  | { readonly refused: 'content_policy' };

export type UnsupportedField =
  | 'messages'
  | 'prompt'
  | 'truncate'
  | 'top_k'
  | 'min_p'
  | 'repetition_penalty'
  | 'logit_bias'
  | 'logprobs'
  | 'response_format';

export class GenerationQueueFullError extends Error {
  override readonly name = 'GenerationQueueFullError';
}
