import { z } from 'zod';
import type { EngineClient } from '../remote-engine/engine-client.ts';
import { RemoteEngineError, UnusableEngineError } from '../remote-engine/remote-engine-error.ts';
import type { GenerationInput, Prompt } from '../text-generator.ts';
import { askUsage, EngineRefusedError, openAnswer } from './ask-engine.ts';
import type { Dialect } from './dialects.ts';
import { type Abilities, answerRequest, countRequest, type PathAbilities } from './upstream-request.ts';

export interface FoundAbilities extends Abilities {
  /** The longest that the engine says it reads and writes together. Null: it does not tell. */
  readonly contextTokens: number | null;
}

const hopeless: ReadonlySet<number | null> = new Set([401, 403]);
/** There is no such path, or no such model. */
const missing: ReadonlySet<number | null> = new Set([404, 405, 501]);
const OUTPUT_TOKENS = 2;
const PATHS = ['chat', 'text'] as const;
const prompts = {
  chat: { kind: 'chat', messages: [{ role: 'user', content: 'Hello' }] },
  text: { kind: 'text', text: 'Hello' },
} as const satisfies Record<(typeof PATHS)[number], Prompt>;

/**
 * Asks the engine for two tokens on either path. Throws UnusableEngineError where waiting does not help, RemoteEngineError where
 * it may.
 */
export async function findAbilities(
  client: EngineClient,
  {
    model,
    dialect,
    signal,
  }: {
    readonly model: string;
    readonly dialect: Dialect;
    readonly signal: AbortSignal;
  },
): Promise<FoundAbilities> {
  const facts = await modelFacts(client, model, signal);
  const [chat, text] = [await find('chat'), await find('text')];
  if (!chat && !text)
    throw new UnusableEngineError(`The engine answers neither chats nor texts as ${model}.`);
  return { chat, text, ...facts };

  async function find(path: (typeof PATHS)[number]): Promise<PathAbilities | null> {
    for (const logprobs of [true, false]) {
      try {
        return await tryPath(prompts[path], logprobs);
      } catch (error) {
        if (error instanceof EngineRefusedError) continue;
        if (!(error instanceof RemoteEngineError)) throw error;
        if (missing.has(error.status)) return null;
        if (!hopeless.has(error.status)) throw error;
        throw new UnusableEngineError(`The engine refuses the key (status ${error.status}).`);
      }
    }
    return null;
  }

  async function tryPath(prompt: Prompt, logprobs: boolean): Promise<PathAbilities> {
    const runningUsage = dialect.runningUsage !== null;
    const request = answerRequest(probe(prompt, logprobs), {
      model,
      dialect,
      choice: 0,
      outputTokensMax: OUTPUT_TOKENS,
      runningUsage,
    });
    const found = { runningUsage: false, logprobs: false };
    let promptTokens: number | null = null;
    let isFirst = true;
    for await (const chunk of await openAnswer(client, request, signal)) {
      if (chunk.text !== '' || chunk.finish !== null) {
        found.runningUsage ||= isFirst && runningUsage && chunk.usage !== null;
        isFirst = false;
      }
      found.logprobs ||= logprobs && (chunk.logprobs?.length ?? 0) > 0;
      promptTokens = chunk.usage?.inputTokens ?? promptTokens;
    }
    if (promptTokens === null) {
      throw new UnusableEngineError('The engine does not tell the tokens of a stream (include_usage).');
    }
    if (!found.runningUsage) await askUsage(client, countRequest(prompt, model, dialect), signal);
    return { ...found, promptTokens };
  }
}

function probe(prompt: Prompt, logprobs: boolean): GenerationInput {
  return {
    prompt,
    truncate: false,
    outputTokensMax: OUTPUT_TOKENS,
    choices: 1,
    sampling: {
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      seed: 0,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: [],
    },
    stop: [],
    logprobs: logprobs ? 1 : null,
    format: { kind: 'text' },
  };
}

const listing = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      /** vLLM's. */
      max_model_len: z.int().min(1).nullish(),
      /** llama.cpp's. */
      meta: z.looseObject({ n_vocab: z.int().min(1).nullish(), n_ctx: z.int().min(1).nullish() }).nullish(),
    }),
  ),
});

/** What some engines list beside a model's name. */
async function modelFacts(client: EngineClient, model: string, signal: AbortSignal) {
  const { status, json } = await client.ask({ path: '/models', signal });
  const listed = status === 200 ? listing.safeParse(json).data?.data : undefined;
  const entry = listed?.find(({ id }) => id === model) ?? (listed?.length === 1 ? listed[0] : undefined);
  return {
    contextTokens: entry?.max_model_len ?? entry?.meta?.n_ctx ?? null,
    vocabularySize: entry?.meta?.n_vocab ?? null,
  };
}
