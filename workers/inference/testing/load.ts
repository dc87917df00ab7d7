import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadOptions {
  readonly urls: readonly string[];
  readonly key: string;
  readonly requests: number;
  /** Requests in flight. */
  readonly concurrency: number;
  onAnswer?(answered: number): void;
}

export interface LoadResult {
  /** Ids of the answers with status 200 that arrived whole. */
  readonly acknowledged: readonly string[];
  /** Answers by status; 0: none came. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly codes: Readonly<Record<string, number>>;
}

/** One-unit requests, in turn to each address. A request that fails is not sent again. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const acknowledged: string[] = [];
  const statuses: Record<number, number> = {};
  const codes: Record<string, number> = {};
  let sent = 0;
  let answered = 0;

  async function caller() {
    while (sent < options.requests) {
      const url = options.urls[sent++ % options.urls.length];
      const { status, id, code } = await send(url ?? '', options.key);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (code) codes[code] = (codes[code] ?? 0) + 1;
      if (status === 200 && id) acknowledged.push(id);
      options.onAnswer?.(++answered);
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, caller));
  return { acknowledged, statuses, codes };
}

export interface OpenLoopOptions {
  readonly url: string;
  readonly key: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

/** One-unit requests that come whether or not those before them are answered, as callers who know nothing of each other. */
export async function openLoop(options: OpenLoopOptions): Promise<readonly Answered[]> {
  const { url, key, requestsPerSecond, seconds } = options;
  const startedAtMs = performance.now();
  const answers: Promise<Answered>[] = [];
  while (answers.length < requestsPerSecond * seconds) {
    // Counted from the beginning: what a busy machine sends too late it makes up for.
    const due = (requestsPerSecond * (performance.now() - startedAtMs)) / 1_000;
    while (answers.length < Math.min(due, requestsPerSecond * seconds)) answers.push(send(url, key));
    await sleep(20);
  }
  return Promise.all(answers);
}

export interface Answered {
  /** 0: none came. */
  readonly status: number;
  readonly id?: string;
  readonly code?: string;
  readonly retryAfter?: string | null;
  readonly tookMs: number;
}

/** A one-unit request. */
export async function send(url: string, key: string): Promise<Answered> {
  const startedAtMs = performance.now();
  const tookMs = () => performance.now() - startedAtMs;
  try {
    const response = await fetch(`${url}/v1/sentiment`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'good' }),
    });
    const body = (await response.json()) as { id?: string; error?: { code: string } };
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, id: body.id, code: body.error?.code, retryAfter, tookMs: tookMs() };
  } catch {
    return { status: 0, tookMs: tookMs() };
  }
}
