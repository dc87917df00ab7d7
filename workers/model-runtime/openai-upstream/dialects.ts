/** Engines that are known by name. `compatible` is any other: it is asked for nothing but what OpenAI describes. */
export const upstreamEngines = ['compatible', 'openai', 'vllm', 'llama-cpp', 'tgi'] as const;
export type UpstreamEngine = (typeof upstreamEngines)[number];

/** Where an engine goes beyond the OpenAI API, or stays behind it. */
export interface Dialect {
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Its names of what OpenAI does not have. Null: it can't be asked. */
  readonly topK: string | null;
  readonly minP: string | null;
  readonly repetitionPenalty: string | null;
  readonly takesLogitBias: boolean;
  /** How an answer is held to JSON: by OpenAI's field, in chats or everywhere; by a grammar of our own. */
  readonly format: 'chat' | 'everywhere' | 'grammar' | 'none';
  /** Values that change nothing are left out, since it refuses some of them. Otherwise each is sent: defaults differ. */
  readonly leavesOutNeutral: boolean;
  /** Makes it tell the tokens of the prompt with the first piece of an answer. Null: it tells them at the end alone. */
  readonly runningUsage: Readonly<Record<string, unknown>> | null;
}

const openAi: Dialect = {
  maxTokensField: 'max_completion_tokens',
  topK: null,
  minP: null,
  repetitionPenalty: null,
  takesLogitBias: true,
  format: 'chat',
  leavesOutNeutral: false,
  runningUsage: null,
};

export const dialects = {
  openai: openAi,
  compatible: { ...openAi, maxTokensField: 'max_tokens' },
  vllm: {
    maxTokensField: 'max_tokens',
    topK: 'top_k',
    minP: 'min_p',
    repetitionPenalty: 'repetition_penalty',
    takesLogitBias: true,
    format: 'everywhere',
    leavesOutNeutral: false,
    runningUsage: { stream_options: { include_usage: true, continuous_usage_stats: true } },
  },
  'llama-cpp': {
    maxTokensField: 'max_tokens',
    topK: 'top_k',
    minP: 'min_p',
    repetitionPenalty: 'repeat_penalty',
    takesLogitBias: true,
    format: 'grammar',
    leavesOutNeutral: false,
    runningUsage: { timings_per_token: true },
  },
  /** Its logit_bias is "UNUSED" (router/src/lib.rs), and a top_p of 1 is refused. */
  tgi: {
    ...openAi,
    maxTokensField: 'max_tokens',
    takesLogitBias: false,
    format: 'none',
    leavesOutNeutral: true,
  },
} as const satisfies Record<UpstreamEngine, Dialect>;
