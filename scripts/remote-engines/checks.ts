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

/** A logger of what a runtime tells. */
const say = (fields: object, message: string) => console.log(`       ${message} ${JSON.stringify(fields)}`);
export const consoleLogger = { info: say, warn: say, error: say };
