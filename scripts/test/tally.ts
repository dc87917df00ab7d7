/** What a runner counted. A runner that breaks, or finds nothing to run, is a failure of its own. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export const none: Tally = { passed: 0, failed: 0 };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (total, one) => ({ passed: total.passed + one.passed, failed: total.failed + one.failed }),
    none,
  );
}

export function sentence({ passed, failed }: Tally): string {
  return `${passed} passed, ${failed} failed`;
}

/**
 * A tally that can be believed: the runner's own figures, and one failure more if it ended badly without naming a
 * failed test, or ran none at all.
 */
export function judged(counted: Tally | undefined, exitCode: number): Tally {
  if (!counted) return { passed: 0, failed: 1 };
  const isSilentFailure = counted.failed === 0 && (exitCode !== 0 || counted.passed === 0);
  return isSilentFailure ? { ...counted, failed: 1 } : counted;
}
