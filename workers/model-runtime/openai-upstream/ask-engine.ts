import { z } from 'zod';
import type { EngineClient, EngineReply } from '../remote-engine/engine-client.ts';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { GenerationQueueFullError, GenerationRefusedError } from '../text-generator.ts';
import { readEvents } from './read-events.ts';
import { readChunk, readUsage, type UpstreamChunk, type UpstreamUsage } from './upstream-chunk.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** Statuses with which an engine says that the request, not itself, is the matter. */
const refusing: ReadonlySet<number> = new Set([400, 413, 422]);
const REFUSAL_BYTES_MAX = 64 * 1024;
/** From an answer's last piece to its usage and the stream's end. */
const END_MS = 5_000;

/** The engine refused the request. What it said is not kept: it may repeat the request. */
export class EngineRefusedError extends Error {
  override readonly name = 'EngineRefusedError';
  readonly status: number;
  readonly isTooLong: boolean;

  constructor(status: number, isTooLong: boolean) {
    super(isTooLong ? 'The engine says that the prompt is too long.' : 'The engine refused the request.');
    this.status = status;
    this.isTooLong = isTooLong;
  }
}

/** Resolves when the engine has begun to answer. Throws EngineRefusedError, RemoteEngineError or the signal's reason. */
export async function openAnswer(
  client: EngineClient,
  { path, body }: UpstreamRequest,
  signal: AbortSignal,
): Promise<AsyncGenerator<UpstreamChunk>> {
  const reply = await client.send({ path, body, signal });
  if (reply.status !== 200) {
    throw toFailure(reply.status, await readRefusal(reply.pieces()));
  }
  return chunksOf(reply);
}

/** The tokens of a whole answer. */
export async function askUsage(
  client: EngineClient,
  { path, body }: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamUsage> {
  const { status, json } = await client.ask({ path, body, signal });
  if (status !== 200) throw toFailure(status, json);
  const usage = readUsage(json);
  if (!usage) throw new RemoteEngineError('unreadable', 'The engine did not tell the tokens of its answer.');
  return usage;
}

async function* chunksOf(reply: EngineReply): AsyncGenerator<UpstreamChunk> {
  let outputTokens = 0;
  for await (const event of readEvents(reply.pieces())) {
    const chunk = readChunk(event);
    const counted = chunk.usage?.outputTokens ?? 0;
    if (chunk.isProgress || counted > outputTokens) reply.noteProgress();
    outputTokens = Math.max(outputTokens, counted);
    if (chunk.finish !== null) reply.endWithin(END_MS);
    yield chunk;
  }
}

async function readRefusal(pieces: AsyncIterable<Buffer>): Promise<unknown> {
  let text = '';
  for await (const piece of pieces) {
    text += piece.toString('utf8');
    if (text.length > REFUSAL_BYTES_MAX) break;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toFailure(status: number, said: unknown): Error {
  if (refusing.has(status)) return new EngineRefusedError(status, saysTooLong(said));
  return statusError(status);
}

function statusError(status: number): RemoteEngineError {
  return new RemoteEngineError('status', `The engine answered with status ${status}.`, status);
}

/** Missing, or llama.cpp's code, which is a number. */
const word = z.string().catch('');
const refusal = z.looseObject({ code: word, type: word, message: word });
/** Under `error` or, by older vLLMs, on top; text-generation-inference's `error` is its message. */
const said = z.union([
  z.looseObject({ error: refusal }).transform(({ error }) => error),
  z.looseObject({ error: z.string() }).transform(({ error }) => ({ code: '', type: '', message: error })),
  refusal,
]);
/** OpenAI's, llama.cpp's and this product's. */
const tooLongCodes: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'exceed_context_size_error',
  'input_too_long',
]);
/** How vLLM, SGLang and text-generation-inference begin. Further on a message may repeat what the caller wrote. */
const tooLongBeginnings = [
  /^This model's maximum context length is \d/,
  /^'?max_(completion_)?tokens'?( or 'max_completion_tokens')? is too large: \d+\. This model's maximum context length is \d/,
  /^The (decoder )?prompt \(length \d+\) is longer than the maximum model length/,
  /^The input \(\d+ tokens\) is longer than the model's context length/,
  /^Requested token count exceeds the model's maximum context length/,
  /^Input validation error: `inputs` (tokens \+ `max_new_tokens` must be <=|must have less than) \d/,
];

function saysTooLong(given: unknown): boolean {
  const read = said.safeParse(given);
  if (!read.success) return false;
  const { code, type, message } = read.data;
  if (tooLongCodes.has(code) || tooLongCodes.has(type)) return true;
  return tooLongBeginnings.some((beginning) => beginning.test(message));
}

/** What the gateway is told of what the engine answered, before it has begun to write. */
export function toGenerationError(error: unknown, contextTokens: number): unknown {
  if (error instanceof EngineRefusedError) {
    return new GenerationRefusedError(
      error.isTooLong ? { refused: 'prompt_too_long', contextTokens } : { refused: 'by_engine' },
    );
  }
  if (error instanceof RemoteEngineError && error.status === 429) {
    return new GenerationQueueFullError('The engine has too much to do.');
  }
  return error;
}

/** The same once it has: no more can be refused then, and what does not go on is a failure. */
export function toFailedAnswer(error: unknown): unknown {
  return error instanceof EngineRefusedError ? statusError(error.status) : error;
}
