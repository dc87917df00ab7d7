/**
 * What a log may say of an unexpected error. Not its message: a query builder's and a driver's quote the values of
 * the statement that failed, which are what people typed. The name, the code and the place are enough to find it.
 */
export interface Failure {
  readonly errorName: string;
  readonly errorCode: string | undefined;
  readonly at: readonly string[];
}

const framesMax = 12;

export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { errorName: typeof error, errorCode: undefined, at: [] };
  const code = 'code' in error ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    errorName: error.name,
    errorCode: typeof code === 'string' ? code : undefined,
    at: frames.slice(0, framesMax).map((frame) => frame.trim()),
  };
}
