import { afterEach } from 'vitest';
import { startInference, type TestProcess } from '#server/testing/processes.ts';

/** Starts two gateways on one database, with a double that takes 5 ms a batch. After each test they are stopped. */
export function gatewayPairs(databaseUrl: () => string) {
  const started: TestProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((gateway) => gateway.stop()));
  });
  return async (env: Record<string, string> = {}): Promise<[TestProcess, TestProcess]> => {
    const start = () =>
      startInference({
        databaseUrl: databaseUrl(),
        env: { INFERENCE_RUNTIME: 'fake', FAKE_RUNTIME_LATENCY_MS: '5', LOG_LEVEL: 'warn', ...env },
      });
    const pair = await Promise.all([start(), start()]);
    started.push(...pair);
    return pair;
  };
}
