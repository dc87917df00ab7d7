/**
 * What a failed call says about the database. `row`: one of the rows can't be written, its neighbours can.
 * `again`: the transaction lost a race and did nothing. `away`: no answer, so the call may or may not have happened.
 */
export type DatabaseFault = 'row' | 'again' | 'away';

/** SQLSTATE classes: data exception, integrity constraint, check option. */
const rowClasses = new Set(['22', '23', '44']);
const againStates = new Set(['40001', '40P01', '55P03']);

export function classifyDatabaseFault(error: unknown): DatabaseFault {
  const state = sqlState(error);
  if (state === undefined) return 'away';
  if (againStates.has(state)) return 'again';
  return rowClasses.has(state.slice(0, 2)) ? 'row' : 'away';
}

/** Node's own codes (ECONNRESET …) and pg's codeless "Connection terminated" have none. */
function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
