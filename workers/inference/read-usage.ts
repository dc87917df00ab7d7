import { DomainError } from '#server/domain/errors.ts';

/** Usage is read beside the requests, with few connections and little time: a failure of that is no fault of the caller. */
export async function readUsage<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('database_unavailable', 'Usage can not be read at the moment. Try again.', {
      retryAfterMs: 1_000,
      cause: error,
    });
  }
}
