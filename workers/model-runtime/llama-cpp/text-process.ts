import { createGenerationLoop } from '../text/generation-loop.ts';
import type { TextEngine } from '../text/text-engine.ts';
import type { Prompt } from '../text-generator.ts';
import { openLlamaEngine } from './llama-engine.ts';
import type {
  TextCommand,
  TextMessage,
  TextModelFacts,
  TextNews,
  TextProcessOptions,
} from './text-messages.ts';

const KEEP_MS = 5 * 60_000;
/** A sixteenth of a second or so of one core, for a model of this size. */
const PROMPT_TOKENS_MAX = 64;

/**
 * Where a model writes: started by load-text-generator.ts. A process of its own, as for the other models: what ends it ends only
 * what it was writing.
 */
async function main(options: TextProcessOptions): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent finishes its requests first and then lets go of this one.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(0));

  const engine = await openLlamaEngine(options);
  for (const adapter of [...options.adapters.map(({ id }) => id), null]) await warmUp(engine, adapter);
  const tell = createNewsletter();
  const loop = createGenerationLoop({
    engine,
    laneSequencesMax: options.laneSequencesMax,
    keepMs: KEEP_MS,
    promptTokensMax: PROMPT_TOKENS_MAX,
    listener: {
      event: (id, event) => tell({ id, kind: 'event', event }),
      refused: (id, refusal) => tell({ id, kind: 'refused', refusal }),
      failed: (id, reason) => tell({ id, kind: 'failed', reason }),
      ended: (id) => tell({ id, kind: 'ended' }),
    },
  });
  process.on('message', (command: TextCommand) => {
    if (command.kind === 'cancel') return loop.cancel(command.id);
    try {
      loop.start(command);
    } catch (error) {
      tell({ id: command.id, kind: 'failed', reason: String(error) });
    }
  });
  send({ kind: 'ready', facts: factsOf(engine) });
}

/** What is told in one turn of the event loop goes in one message. */
function createNewsletter(): (news: TextNews) => void {
  let collected: TextNews[] = [];
  return (news) => {
    if (collected.push(news) > 1) return;
    setImmediate(() => {
      const sent = collected;
      collected = [];
      send({ kind: 'news', news: sent });
    });
  };
}

async function warmUp(engine: TextEngine, adapter: string | null): Promise<void> {
  const sampler = engine.openSampler({
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    seed: 0,
    repetitionPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: [],
    outputTokensMax: 1,
    grammar: null,
  });
  const tokens = engine.tokensOf({ kind: 'text', text: 'Ready when the first token is through.' });
  await engine.step([{ sequence: 0, adapter, position: 0, tokens, sampler, logprobs: null }]);
  sampler.close();
  engine.forget(0, 0);
}

function factsOf(engine: TextEngine): TextModelFacts {
  const user = { role: 'user', content: '' } as const;
  const answer = { role: 'assistant', content: '' } as const;
  const tokens = (prompt: Prompt) => engine.tokensOf(prompt).length;
  const one = tokens({ kind: 'chat', messages: [user] });
  const three = tokens({ kind: 'chat', messages: [user, answer, user] });
  return {
    contextTokens: engine.limits.contextTokens,
    templateTokens: one,
    templateTokensPerMessage: Math.ceil((three - one) / 2),
  };
}

function send(message: TextMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

main(JSON.parse(process.argv[2] ?? '') as TextProcessOptions).catch((error: unknown) => {
  send({ kind: 'unusable', reason: String(error) });
  if (process.connected) process.disconnect();
});
