import type { Transaction } from '../database.ts';

/**
 * Whoever else locks it waits until the transaction has ended: what is counted against a limit is counted one after the other.
 * NO KEY: others may meanwhile write rows that name the workspace, as calls do, and whoever holds its allowance.
 */
export async function lockWorkspace(transaction: Transaction, workspaceId: string): Promise<void> {
  await transaction.$queryRaw`SELECT 1 FROM workspaces WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
}
