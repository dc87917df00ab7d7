import { grammarOfFormat } from '../json-schema/grammar-of-format.ts';
import {
  type GenerationInput,
  GenerationRefusedError,
  type OutputFormat,
  type Prompt,
  type Sampling,
  type UnsupportedField,
} from '../text-generator.ts';
import type { Dialect } from './dialects.ts';

export interface UpstreamRequest {
  readonly path: '/chat/completions' | '/completions';
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the engine was found to answer, when it was asked first. */
export interface Abilities {
  readonly chat: PathAbilities | null;
  readonly text: PathAbilities | null;
  /** Numbers of tokens are below it. Null: it does not tell. */
  readonly vocabularySize: number | null;
}

export interface PathAbilities {
  readonly logprobs: boolean;
  /** Tells the prompt's tokens before the answer is over. */
  readonly runningUsage: boolean;
  /** Of a prompt of one word. */
  readonly promptTokens: number;
}

/** Throws GenerationRefusedError, by name, at what the engine would ignore or could not be asked. */
export function refuseUnsupported(
  input: GenerationInput,
  dialect: Dialect,
  abilities: Abilities,
): PathAbilities {
  const { prompt, sampling, format } = input;
  const isChat = prompt.kind === 'chat';
  const path = isChat ? abilities.chat : abilities.text;
  if (!path) throw unsupported(isChat ? 'messages' : 'prompt');
  const { vocabularySize } = abilities;
  const unknown = sampling.logitBias.find(([token]) => vocabularySize !== null && token >= vocabularySize);
  if (unknown) throw new GenerationRefusedError({ refused: 'unknown_token', token: unknown[0] });
  const takesFormat = dialect.format === 'chat' ? isChat : dialect.format !== 'none';
  const asked: readonly (readonly [UnsupportedField, isAsked: boolean, isTaken: boolean])[] = [
    // It would have to be cut here, and only the engine can count.
    ['truncate', input.truncate, false],
    ['top_k', sampling.topK !== 0, dialect.topK !== null],
    ['min_p', sampling.minP !== 0, dialect.minP !== null],
    ['repetition_penalty', sampling.repetitionPenalty !== 1, dialect.repetitionPenalty !== null],
    ['logit_bias', sampling.logitBias.length > 0, dialect.takesLogitBias],
    ['logprobs', input.logprobs !== null, path.logprobs],
    ['response_format', format.kind !== 'text', takesFormat],
  ];
  const refused = asked.find(([, isAsked, isTaken]) => isAsked && !isTaken);
  if (refused) throw unsupported(refused[0]);
  return path;
}

/** One choice of the answer, as a stream. Each is asked for by itself: engines differ in what `n` does to a seed. */
export function answerRequest(
  input: GenerationInput,
  {
    model,
    dialect,
    choice,
    outputTokensMax,
    runningUsage,
  }: {
    readonly model: string;
    readonly dialect: Dialect;
    readonly choice: number;
    readonly outputTokensMax: number;
    readonly runningUsage: boolean;
  },
): UpstreamRequest {
  const { path, prompt } = promptFields(input.prompt);
  return {
    path,
    body: {
      model,
      ...prompt,
      stream: true,
      stream_options: { include_usage: true },
      ...(runningUsage ? dialect.runningUsage : {}),
      [maxTokensField(path, dialect)]: outputTokensMax,
      seed: seedOf(input.sampling.seed, choice),
      ...samplingFields(input.sampling, dialect),
      ...(input.stop.length > 0 ? { stop: input.stop } : {}),
      ...logprobsFields(path, input.logprobs),
      ...formatFields(input.format, dialect),
    },
  };
}

/** One token, for the sake of the prompt's count. */
export function countRequest(prompt: Prompt, model: string, dialect: Dialect): UpstreamRequest {
  const { path, prompt: fields } = promptFields(prompt);
  return { path, body: { model, ...fields, stream: false, [maxTokensField(path, dialect)]: 1 } };
}

function promptFields(prompt: Prompt) {
  return prompt.kind === 'chat'
    ? ({ path: '/chat/completions', prompt: { messages: prompt.messages } } as const)
    : ({ path: '/completions', prompt: { prompt: prompt.text } } as const);
}

/** OpenAI's completions know the old name alone. */
function maxTokensField(path: UpstreamRequest['path'], { maxTokensField: field }: Dialect): string {
  return path === '/completions' ? 'max_tokens' : field;
}

/** In 31 bits: some engines read it with a sign, and llama.cpp takes the greatest number of 32 bits for none. */
function seedOf(seed: number, choice: number): number {
  return (seed + choice) & 0x7fff_ffff;
}

function samplingFields(sampling: Sampling, dialect: Dialect): Record<string, unknown> {
  const { topP, temperature, presencePenalty, frequencyPenalty, logitBias } = sampling;
  // Engines refuse a top_p of 0, which keeps the most probable token alone.
  const fields: (readonly [name: string | null, value: number, neutral: number])[] = [
    ['temperature', topP === 0 ? 0 : temperature, 1],
    ['top_p', topP === 0 ? 1 : topP, 1],
    ['presence_penalty', presencePenalty, 0],
    ['frequency_penalty', frequencyPenalty, 0],
    [dialect.topK, sampling.topK, 0],
    [dialect.minP, sampling.minP, 0],
    [dialect.repetitionPenalty, sampling.repetitionPenalty, 1],
  ];
  const sent = fields.flatMap(([name, value, neutral]) =>
    name === null || (dialect.leavesOutNeutral && value === neutral) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(sent),
    ...(logitBias.length > 0 ? { logit_bias: Object.fromEntries(logitBias) } : {}),
  };
}

/** One alternative at least: for none, some engines give nothing. */
function logprobsFields(path: UpstreamRequest['path'], logprobs: number | null): Record<string, unknown> {
  if (logprobs === null) return {};
  const alternatives = Math.max(1, logprobs);
  return path === '/completions'
    ? { logprobs: alternatives }
    : { logprobs: true, top_logprobs: alternatives };
}

function formatFields(format: OutputFormat, dialect: Dialect): Record<string, unknown> {
  if (format.kind === 'text') return {};
  if (dialect.format === 'grammar') return { grammar: grammarOfFormat(format) };
  if (format.kind === 'json') return { response_format: { type: 'json_object' } };
  const { schema } = format;
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
  };
}

function unsupported(field: UnsupportedField): GenerationRefusedError {
  return new GenerationRefusedError({ refused: 'unsupported', field });
}
