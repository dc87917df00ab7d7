import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { computeEnvironment, loaderFor } from '../child-process.ts';
import { ModelRuntimeError } from '../model-runtime.ts';
import type { RuntimeLogger } from '../onnx/runtime-logger.ts';
import type {
  TextCommand,
  TextMessage,
  TextModelFacts,
  TextNews,
  TextProcessOptions,
} from './text-messages.ts';

export interface TextChildOptions {
  readonly entry: URL;
  readonly options: TextProcessOptions;
  readonly logger: RuntimeLogger;
  readonly silenceMs: number;
  /** Whether news is owed. */
  isBusy(): boolean;
  onNews(news: readonly TextNews[]): void;
  /** Everything that it was writing is lost. */
  onDeath(reason: string): void;
}

export interface TextChild {
  readonly firstReady: Promise<TextModelFacts>;
  /** False: it is not up. */
  send(command: TextCommand): boolean;
  pid(): number | undefined;
  close(): Promise<void>;
}

const RESTART_WAIT_MS = { first: 50, longest: 10_000 };

/** Keeps the process up: it is started again when it ends, and ended when it says nothing though it should. */
export function createTextChild(given: TextChildOptions): TextChild {
  const { entry, logger } = given;
  let child: ChildProcess | undefined;
  let isReady = false;
  let closed = false;
  let failedStarts = 0;
  let heardAtMs = Date.now();
  let announce: (facts: TextModelFacts) => void;
  let giveUp: (error: Error) => void;
  const firstReady = new Promise<TextModelFacts>((resolve, reject) => {
    announce = resolve;
    giveUp = reject;
  });
  firstReady.catch(() => {}); // whoever waits for it hears of it; nobody has to

  function start() {
    const started = fork(fileURLToPath(entry), [JSON.stringify(given.options)], {
      execArgv: loaderFor(entry),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: computeEnvironment(process.env),
    });
    child = started;
    started.on('message', (message) => receive(message as TextMessage));
    started.on('error', (error) => logger.error({ err: error }, 'text process could not be reached'));
    started.once('exit', (code, signal) => ended(started, code, signal));
  }

  function receive(message: TextMessage) {
    heardAtMs = Date.now();
    if (message.kind === 'news') {
      failedStarts = 0;
      return given.onNews(message.news);
    }
    if (message.kind === 'ready') {
      isReady = true;
      return announce(message.facts);
    }
    logger.error({ reason: message.reason }, 'text model unusable');
    giveUp(new ModelRuntimeError(`The model can't be served: ${message.reason}`));
  }

  function ended(which: ChildProcess, code: number | null, signal: string | null) {
    child = undefined;
    isReady = false;
    given.onDeath(`The process that writes ended (${signal ?? `code ${code}`}).`);
    if (closed) return;
    const waitMs = Math.min(RESTART_WAIT_MS.first * 2 ** failedStarts++, RESTART_WAIT_MS.longest);
    logger.error({ pid: which.pid, code, signal, restartMs: waitMs }, 'text process ended');
    setTimeout(() => closed || start(), waitMs).unref();
  }

  const watch = setInterval(() => {
    if (!isReady || !given.isBusy() || Date.now() - heardAtMs < given.silenceMs) return;
    logger.error({ pid: child?.pid, silenceMs: given.silenceMs }, 'text process hung');
    child?.kill('SIGKILL');
  }, given.silenceMs / 4);
  watch.unref();
  start();

  return {
    firstReady,
    send(command) {
      if (!isReady || !child?.connected) return false;
      if (!given.isBusy()) heardAtMs = Date.now();
      child.send(command, () => {});
      return true;
    },
    pid: () => child?.pid,
    async close() {
      closed = true;
      clearInterval(watch);
      if (!child) return;
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
