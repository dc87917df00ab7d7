import { afterEach } from 'vitest';
import {
  type EngineAnswerer,
  type EngineServer,
  startEngineServer,
} from '../../remote-engine/testing/engine-server.ts';
import type { GenerationEvent, GenerationInput, TextGenerator } from '../../text-generator.ts';
import { loadUpstreamGenerator, type UpstreamGeneratorOptions } from '../load-upstream-generator.ts';
import { recordedLlamaServer } from './recorded-llama-server.ts';

export const key = 'upstream-key-0123456789';
export const logged: string[] = [];
const log = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
const logger = { info: log, warn: log, error: log };
export const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
  logged.length = 0;
});

export async function serve(answer: EngineAnswerer, port?: number): Promise<EngineServer> {
  const server = await startEngineServer(answer, port);
  opened.push(server);
  return server;
}

export function load(url: string, over: Partial<UpstreamGeneratorOptions> = {}): TextGenerator {
  const generator = loadUpstreamGenerator({
    url: `${url}/v1`,
    apiKey: key,
    engine: 'llama-cpp',
    model: 'smollm2',
    id: 'text-1',
    contextTokens: 2_048,
    sequences: 4,
    laneSequencesMax: 3,
    logger,
    times: { connectMs: 1_000, answerMs: 1_000, silenceMs: 1_000 },
    startWaitMs: 20,
    ...over,
  });
  opened.push(generator);
  return generator;
}

/** Once it is ready, what `instead` answers is put in the recorded answers' place. */
export async function served(instead: EngineAnswerer, over: Partial<UpstreamGeneratorOptions> = {}) {
  let isReady = false;
  const server = await serve(
    recordedLlamaServer((seen, response) => {
      if (!isReady || seen.path === '/v1/models') return false;
      void instead(seen, response);
      return true;
    }),
  );
  const generator = load(server.url, over);
  await generator.ready();
  isReady = true;
  const before = server.seen.length;
  return { server, generator, asked: () => server.seen.slice(before) };
}

export const input = (over: Partial<GenerationInput> = {}): GenerationInput => ({
  prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Say hi.' }] },
  truncate: false,
  outputTokensMax: 12,
  choices: 1,
  sampling: {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    seed: 1,
    repetitionPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: [],
  },
  stop: [],
  logprobs: null,
  format: { kind: 'text' },
  ...over,
});

export async function write(
  generator: TextGenerator,
  given: GenerationInput = input(),
  signal = new AbortController().signal,
  onEvent: (event: GenerationEvent) => void = () => {},
) {
  const events: GenerationEvent[] = [];
  let error: unknown = null;
  try {
    for await (const event of generator.generate(given, { lane: 'a', signal })) {
      events.push(event);
      onEvent(event);
    }
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  return { events, text, error, started: events[0], finished: events.filter((e) => e.kind === 'finished') };
}
