import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#server/testing/free-port.ts';
import type { BenchDatabase } from './bench-database.ts';
import { benchSecret, stop } from './bench-processes.ts';
import { median } from './median.ts';

/** From starting the process, model and all, to the first answer. Median. */
export async function measureStart(folder: string, database: BenchDatabase, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) times.push(await startOnce(path.join(folder, 'main.js'), database));
  return median(times);
}

async function startOnce(file: string, database: BenchDatabase): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      MODELYARD_SECRET: benchSecret,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  try {
    while (!(await answers(port, database.keys[0] ?? ''))) {
      if (child.exitCode !== null) throw new Error(`The gateway ended with ${child.exitCode}.`);
      await sleep(10);
    }
    return performance.now() - startedAt;
  } finally {
    await stop(child);
  }
}

async function answers(port: number, key: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/sentiment`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'The plot is thin, but the acting carries it.' }),
    });
    return response.ok;
  } catch {
    return false;
  }
}
