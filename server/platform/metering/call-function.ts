import type { Pool, QueryArrayConfig } from 'pg';

export interface MeteringCall {
  readonly pool: Pool;
  readonly timeoutMs: number;
}

export interface SqlFunction {
  readonly name: string;
  readonly text: string;
}

/** As a prepared statement: `parameterTypes` in the order of the function's. */
export function sqlFunction(name: string, parameterTypes: readonly string[]): SqlFunction {
  const parameters = parameterTypes.map((type, i) => `$${i + 1}::${type}`);
  return { name, text: `SELECT * FROM ${name}(${parameters.join(', ')})` };
}

/** The rows as arrays of their columns. */
export async function callFunction<Row>(
  { pool, timeoutMs }: MeteringCall,
  statement: SqlFunction,
  values: unknown[],
): Promise<readonly Row[]> {
  const query: QueryArrayConfig & { readonly query_timeout: number } = {
    ...statement,
    rowMode: 'array',
    query_timeout: timeoutMs,
    values,
  };
  const { rows } = await pool.query<unknown[]>(query);
  return rows as unknown as readonly Row[];
}
