import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ModelRuntimeError } from '#workers/model-runtime/model-runtime.ts';

export interface Checks {
  same(what: string, got: unknown, expected: unknown): void;
  holds(what: string, isTrue: boolean, detail?: string): void;
  /** Prints the count, and ends with an error where one failed. */
  end(): void;
}

export function createChecks(): Checks {
  const counts = { passed: 0, failed: 0 };
  function holds(what: string, isTrue: boolean, detail = '') {
    counts[isTrue ? 'passed' : 'failed']++;
    console.log(`${isTrue ? 'ok    ' : 'FAILED'} ${what}${isTrue || detail === '' ? '' : `: ${detail}`}`);
  }
  return {
    holds,
    same: (what, got, expected) =>
      holds(
        what,
        isDeepStrictEqual(got, expected),
        `${JSON.stringify(got)} is not ${JSON.stringify(expected)}`,
      ),
    end() {
      console.log(`${counts.passed} passed, ${counts.failed} failed`);
      if (counts.failed > 0) process.exitCode = 1;
    },
  };
}

/** What the reader can mend is said in a sentence; anything else keeps its stack. */
export async function runChecks(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ModelRuntimeError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const READY_MS = 60_000;

/** Unlike a gateway, whoever checks an engine does not wait for it for ever. */
export async function untilReady(models: readonly { ready(): Promise<void> }[]): Promise<void> {
  const tooLate = new AbortController();
  const late = sleep(READY_MS, undefined, { signal: tooLate.signal }).then(() => {
    throw new ModelRuntimeError(`The engine was not ready within ${READY_MS / 1_000} s.`);
  });
  try {
    await Promise.race([Promise.all(models.map((model) => model.ready())), late]);
  } finally {
    tooLate.abort();
    late.catch(() => {});
  }
}

/** A logger of what a runtime tells. */
const say = (fields: object, message: string) => console.log(`       ${message} ${JSON.stringify(fields)}`);
export const consoleLogger = { info: say, warn: say, error: say };
