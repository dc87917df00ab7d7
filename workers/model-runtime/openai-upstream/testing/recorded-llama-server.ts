import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { type EngineAnswerer, sendJson } from '../../remote-engine/testing/engine-server.ts';

const read = (file: string) => readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8');

/** What llama.cpp's server (build de3ff81, SmolLM2-135M-Instruct) answered. */
export const recorded = {
  models: JSON.parse(read('models.json')),
  count: JSON.parse(read('count.json')),
  tooLong: JSON.parse(read('too-long.json')),
  /** Twelve tokens; `running` with `timings_per_token`. */
  chat: eventsOf(read('chat.txt')),
  runningChat: eventsOf(read('chat-running.txt')),
  runningCompletion: eventsOf(read('completion-running.txt')),
};

/** Answers as it did, but where `instead` does. */
export function recordedLlamaServer(
  instead: (...given: Parameters<EngineAnswerer>) => boolean,
): EngineAnswerer {
  return (seen, response) => {
    if (instead(seen, response)) return;
    if (seen.path === '/v1/models') return sendJson(response, 200, recorded.models);
    if (seen.body.stream === false) return sendJson(response, 200, recorded.count);
    const { timings_per_token: isRunning } = seen.body;
    if (seen.path === '/v1/completions') return sendEvents(response, recorded.runningCompletion);
    sendEvents(response, isRunning ? recorded.runningChat : recorded.chat);
  };
}

export function sendEvents(response: ServerResponse, events: readonly string[]): void {
  beginEvents(response, events);
  response.end();
}

/** Without an end. */
export function beginEvents(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
}

function eventsOf(text: string): readonly string[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => `${event}\n\n`);
}
