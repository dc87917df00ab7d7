import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { computeEnvironment, loaderFor } from '../child-process.ts';
import { type InputRefusal, ModelRuntimeError } from '../model-runtime.ts';
import type { ComputeMessage, ComputeTask, RunMessage } from './compute-messages.ts';
import type { RuntimeLogger } from './runtime-logger.ts';

export type BatchOutput<Output> = readonly (Output | InputRefusal)[];

export interface ComputePoolOptions {
  readonly folder: string;
  readonly task: ComputeTask;
  readonly threads: number;
  readonly threadEntry: URL;
  readonly logger: RuntimeLogger;
  /** A batch that takes longer has hung: its process is killed and the batch fails. */
  readonly batchTimeoutMs: number;
  /** For the processes, beside what each of them gets. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ComputePool<Input, Output> {
  run(inputs: readonly Input[], signal?: AbortSignal): Promise<BatchOutput<Output>>;
  ready(): Promise<void>;
  close(): Promise<void>;
  /** Of the processes that are up, for tests and the supervisor. */
  pids(): number[];
}

interface Batch<Input, Output> {
  readonly id: number;
  readonly inputs: readonly Input[];
  readonly resolve: (outputs: BatchOutput<Output>) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot<Input, Output> {
  child: ChildProcess | undefined;
  isReady: boolean;
  batch: Batch<Input, Output> | undefined;
  batchTimer: NodeJS.Timeout | undefined;
  /** Starts since the last batch that was answered; the wait before the next start grows with it. */
  failedStarts: number;
}

const RESTART_WAIT_MS = { first: 50, longest: 10_000 };

/** One process a slot, one batch a process; batches beyond that wait in order. */
export function createComputePool<Input, Output extends object>(
  options: ComputePoolOptions,
): ComputePool<Input, Output> {
  const { logger } = options;
  const queue: Batch<Input, Output>[] = [];
  const slots: Slot<Input, Output>[] = [];
  let nextBatchId = 1;
  let closing: Promise<void> | undefined;
  let announceReady: () => void;
  let announceUnusable: (error: ModelRuntimeError) => void;
  let unusable: ModelRuntimeError | undefined;
  const firstReady = new Promise<void>((resolve, reject) => {
    announceReady = resolve;
    announceUnusable = reject;
  });
  firstReady.catch(() => {}); // whoever calls ready() hears of it; nobody has to

  function start(slot: Slot<Input, Output>): void {
    const child = fork(fileURLToPath(options.threadEntry), [options.folder, options.task], {
      execArgv: loaderFor(options.threadEntry),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...computeEnvironment(process.env), ...options.environment },
    });
    slot.child = child;
    child.on('message', (message) => receive(slot, message as ComputeMessage<Output>));
    child.on('error', (error) => logger.error({ err: error }, 'compute process could not be reached'));
    child.once('exit', (code, signal) => ended(slot, child, code, signal));
  }

  /** After the first: a model can answer as soon as one is ready, and that is sooner where they do not start at once. */
  function startOthers(): void {
    if (closing) return;
    for (const slot of otherSlots.splice(0)) start(slot);
  }

  function receive(slot: Slot<Input, Output>, message: ComputeMessage<Output>): void {
    switch (message.kind) {
      case 'ready':
        slot.isReady = true;
        unusable = undefined;
        announceReady();
        startOthers();
        return dispatch();
      case 'unusable':
        unusable = new ModelRuntimeError(`The model in ${options.folder} can't be served: ${message.reason}`);
        announceUnusable(unusable);
        logger.error({ folder: options.folder, reason: message.reason }, 'model unusable');
        return;
      case 'answered':
        slot.failedStarts = 0;
        return settle(slot, message.batchId, (batch) => batch.resolve(message.outputs));
      case 'failed':
        return settle(slot, message.batchId, (batch) => batch.reject(new ModelRuntimeError(message.reason)));
    }
  }

  function settle(
    slot: Slot<Input, Output>,
    batchId: number,
    finish: (batch: Batch<Input, Output>) => void,
  ): void {
    const batch = slot.batch;
    if (batch?.id !== batchId) return;
    clearTimeout(slot.batchTimer);
    slot.batch = undefined;
    finish(batch);
    dispatch();
  }

  function ended(
    slot: Slot<Input, Output>,
    child: ChildProcess,
    code: number | null,
    signal: string | null,
  ): void {
    slot.child = undefined;
    slot.isReady = false;
    clearTimeout(slot.batchTimer);
    const batch = slot.batch;
    slot.batch = undefined;
    batch?.reject(new ModelRuntimeError(`The compute process ended (${signal ?? `code ${code}`}).`));
    if (closing) return;
    startOthers();
    const waitMs = Math.min(RESTART_WAIT_MS.first * 2 ** slot.failedStarts++, RESTART_WAIT_MS.longest);
    logger.error({ pid: child.pid, code, signal, restartMs: waitMs }, 'compute process ended');
    if (!slots.some((other) => other.isReady)) failQueue('No compute process is up.');
    setTimeout(() => closing ?? start(slot), waitMs).unref();
  }

  function dispatch(): void {
    for (const slot of slots) {
      if (!slot.isReady || slot.batch || !slot.child?.connected) continue;
      const batch = queue.shift();
      if (!batch) return;
      slot.batch = batch;
      slot.batchTimer = setTimeout(() => hung(slot), options.batchTimeoutMs);
      slot.child.send({ batchId: batch.id, inputs: batch.inputs } satisfies RunMessage<Input>);
    }
  }

  function hung(slot: Slot<Input, Output>): void {
    logger.error({ pid: slot.child?.pid, timeoutMs: options.batchTimeoutMs }, 'compute process hung');
    slot.child?.kill('SIGKILL');
  }

  function failQueue(reason: string): void {
    for (const batch of queue.splice(0)) batch.reject(new ModelRuntimeError(reason));
  }

  for (let index = 0; index < options.threads; index++) {
    const slot: Slot<Input, Output> = {
      child: undefined,
      isReady: false,
      batch: undefined,
      batchTimer: undefined,
      failedStarts: 0,
    };
    slots.push(slot);
  }
  const [firstSlot, ...otherSlots] = slots;
  if (firstSlot) start(firstSlot);

  return {
    async run(inputs, signal) {
      signal?.throwIfAborted();
      if (closing) throw new ModelRuntimeError('The model is closed.');
      if (unusable) throw unusable;
      return new Promise((resolve, reject) => {
        const abort = () => {
          // A batch that computes can't be stopped: its slot stays taken until its answer, which nobody reads.
          const position = queue.indexOf(batch);
          if (position >= 0) queue.splice(position, 1);
          reject(signal?.reason);
        };
        const release = () => signal?.removeEventListener('abort', abort);
        const batch: Batch<Input, Output> = {
          id: nextBatchId++,
          inputs,
          resolve: (outputs) => (release(), resolve(outputs)),
          reject: (error) => (release(), reject(error)),
        };
        signal?.addEventListener('abort', abort, { once: true });
        queue.push(batch);
        dispatch();
      });
    },
    ready: () => firstReady,
    close() {
      closing ??= closePool(slots, () => failQueue('The model is closed.'));
      return closing;
    },
    pids: () => slots.flatMap((slot) => slot.child?.pid ?? []),
  };
}

/** Batches that compute are finished first. */
async function closePool<Input, Output>(
  slots: readonly Slot<Input, Output>[],
  failQueue: () => void,
): Promise<void> {
  failQueue();
  await Promise.all(
    slots.map(async ({ child, ...slot }) => {
      if (!child) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const batch = slot.batch;
      if (batch) await new Promise((resolve) => child.once('message', resolve).once('exit', resolve));
      if (child.connected) child.disconnect();
      await gone;
    }),
  );
}
