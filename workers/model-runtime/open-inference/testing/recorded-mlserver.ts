import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { EngineAnswerer } from '../../remote-engine/testing/engine-server.ts';

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: object | null;
  readonly status: number;
  readonly answer: string;
}

const file = new URL('../fixtures/mlserver.json', import.meta.url);

/** What MLServer, with the shipped sentiment graph in ONNX Runtime, was asked and answered. */
export const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly exchanges: readonly Exchange[];
};

/** Answers a request as it did then, and no other. */
export const recordedMlServer: EngineAnswerer = ({ method, path, body }, response) => {
  const found = exchanges.find(
    (one) => one.method === method && one.path === path && isDeepStrictEqual(one.body, body ?? null),
  );
  response.writeHead(found?.status ?? 404, { 'content-type': 'application/json' });
  response.end(found?.answer ?? '{"error":"This was not recorded."}');
};
