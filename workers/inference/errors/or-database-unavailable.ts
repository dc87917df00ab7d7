import { DomainError } from '#server/domain/errors.ts';
import { DamagedBlobError } from '#server/platform/blob-store/sealed-chunks.ts';

/** What is asked of the database beside the requests has few connections and little time: a failure of that is no fault of the caller. */
export async function orDatabaseUnavailable<Value>(
  sentence: string,
  ask: () => Promise<Value>,
): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    // Coming back mends a connection, not what is damaged where it is kept.
    if (error instanceof DomainError || error instanceof DamagedBlobError) throw error;
    throw new DomainError('database_unavailable', sentence, { retryAfterMs: 1_000, cause: error });
  }
}
