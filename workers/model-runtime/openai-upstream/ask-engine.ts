import type { EngineClient } from '../remote-engine/engine-client.ts';
import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';
import { GenerationQueueFullError, GenerationRefusedError } from '../text-generator.ts';
import { readEvents } from './read-events.ts';
import { readChunk, readUsage, type UpstreamChunk, type UpstreamUsage } from './upstream-chunk.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** Statuses with which an engine says that the request, not itself, is the matter. */
const refusing: ReadonlySet<number> = new Set([400, 413, 422]);
const REFUSAL_BYTES_MAX = 64 * 1024;

/** The engine refused the request. What it said is not kept: it may repeat the request. */
export class EngineRefusedError extends Error {
  override readonly name = 'EngineRefusedError';
  readonly isTooLong: boolean;

  constructor(isTooLong: boolean) {
    super(isTooLong ? 'The engine says that the prompt is too long.' : 'The engine refused the request.');
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
  return chunksOf(reply.pieces());
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

async function* chunksOf(pieces: AsyncGenerator<Buffer>): AsyncGenerator<UpstreamChunk> {
  for await (const event of readEvents(pieces)) yield readChunk(event);
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
  if (refusing.has(status)) return new EngineRefusedError(saysTooLong(said));
  return new RemoteEngineError('status', `The engine answered with status ${status}.`, status);
}

/** What vLLM, llama.cpp, text-generation-inference, OpenAI and this product say of it. */
function saysTooLong(said: unknown): boolean {
  return /context_length_exceeded|exceed_context_size|input_too_long|maximum context length|max_new_tokens/.test(
    JSON.stringify(said ?? ''),
  );
}

/** What the gateway is told of what the engine answered. */
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
