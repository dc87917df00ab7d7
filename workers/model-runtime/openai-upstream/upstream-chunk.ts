import { z } from 'zod';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import type { TokenLogprob } from '../text-generator.ts';

/** A piece of an answer, whichever path and engine it came from. */
export interface UpstreamChunk {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[] | null;
  /** Null: it goes on. */
  readonly finish: 'stop' | 'length' | 'content_filter' | null;
  readonly usage: UpstreamUsage | null;
  /** Whether the engine wrote something, be it a thought or a call that is not told: it is at work. */
  readonly isProgress: boolean;
}

export interface UpstreamUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

const count = z.int().min(0);
const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count.nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: count.nullish() }).nullish(),
});
/** llama.cpp's. */
const timings = z.looseObject({ prompt_n: count, cache_n: count, predicted_n: count });

const logprob = z.number().nullable();
const tokenOf = z.looseObject({
  id: z.int().nullish(),
  token: z.string(),
  bytes: z.array(z.int().min(0).max(255)).nullish(),
  logprob,
});
const chatLogprobs = z.looseObject({
  content: z.array(tokenOf.extend({ top_logprobs: z.array(tokenOf).nullish() })).nullish(),
});
const listedLogprobs = z.looseObject({
  tokens: z.array(z.string()),
  token_logprobs: z.array(logprob),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

const chunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z.looseObject({ content: z.string().nullish() }).nullish(),
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
        logprobs: z.union([listedLogprobs, chatLogprobs]).nullish(),
      }),
    )
    .nullish(),
  usage: usage.nullish(),
  timings: timings.nullish(),
});

/** Throws RemoteEngineError at what is no chunk, and at an error that stands in the stream. */
export function readChunk(event: unknown): UpstreamChunk {
  if (typeof event === 'object' && event !== null && 'error' in event) {
    throw new RemoteEngineError('cut', 'The engine failed in the middle of its answer.');
  }
  const read = chunk.safeParse(event);
  if (!read.success)
    throw new RemoteEngineError('unreadable', 'An event of the engine is no piece of an answer.');
  const choice = read.data.choices?.[0];
  const text = choice?.delta?.content ?? choice?.text ?? '';
  return {
    text,
    logprobs: choice?.logprobs ? toLogprobs(choice.logprobs) : null,
    finish: toFinish(choice?.finish_reason ?? null),
    usage: readUsage(read.data),
    isProgress: text !== '' || says(choice?.delta ?? {}),
  };
}

/** Engines that think aloud have fields of their own for it. */
function says({ role: _, ...written }: Readonly<Record<string, unknown>>): boolean {
  return Object.values(written).some((value) =>
    typeof value === 'string' || Array.isArray(value) ? value.length > 0 : false,
  );
}

/** Of a stream's event, or of an answer that came whole. Null: there is none, or it does not tell both sides. */
export function readUsage(given: unknown): UpstreamUsage | null {
  const read = z.looseObject({ usage: usage.nullish(), timings: timings.nullish() }).safeParse(given);
  if (!read.success) return null;
  const { usage: told, timings: timed } = read.data;
  if (told && typeof told.completion_tokens === 'number') {
    return {
      inputTokens: told.prompt_tokens,
      cachedTokens: told.prompt_tokens_details?.cached_tokens ?? 0,
      outputTokens: told.completion_tokens,
    };
  }
  if (!timed) return null;
  return {
    inputTokens: timed.prompt_n + timed.cache_n,
    cachedTokens: timed.cache_n,
    outputTokens: timed.predicted_n,
  };
}

/** Words for an end that was no failure: engines have several for one that the model came to. */
function toFinish(reason: string | null): UpstreamChunk['finish'] {
  if (reason === null || reason === '') return null;
  if (reason === 'error' || reason === 'abort') {
    throw new RemoteEngineError('cut', 'The engine gave its answer up.');
  }
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop';
}

/** Where it was so improbable that no number says it. */
const LOGPROB_MIN = -9_999;

type Listed = z.infer<typeof listedLogprobs>;

function toLogprobs(given: Listed | z.infer<typeof chatLogprobs>): readonly TokenLogprob[] {
  if (isListed(given)) {
    return given.tokens.map((token, index) => ({
      id: null,
      ...described(token, null, given.token_logprobs[index] ?? null),
      alternatives: Object.entries(given.top_logprobs?.[index] ?? {})
        .map(([other, value]) => described(other, null, value))
        .toSorted((a, b) => b.logprob - a.logprob),
    }));
  }
  return (given.content ?? []).map((one) => ({
    id: one.id ?? null,
    ...described(one.token, one.bytes, one.logprob),
    alternatives: (one.top_logprobs ?? []).map((other) => described(other.token, other.bytes, other.logprob)),
  }));
}

function isListed(given: object): given is Listed {
  return 'tokens' in given;
}

function described(token: string, bytes: readonly number[] | null | undefined, value: number | null) {
  return {
    token,
    bytes: bytes ?? [...Buffer.from(token)],
    logprob: Math.max(value ?? LOGPROB_MIN, LOGPROB_MIN),
  };
}
