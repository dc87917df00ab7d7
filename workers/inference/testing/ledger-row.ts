import type { Pool } from 'pg';
import { expect } from 'vitest';
import type { PrismaClient } from '#prisma/generated/client.ts';
import { readBooks } from './books.ts';

/** The one ledger row of the workspace, which must be what the receipt says. */
export async function ledgerRowOf(
  database: { readonly pool: Pool; readonly prisma: PrismaClient },
  workspaceId: string,
) {
  const rows = await database.prisma.usageRecord.findMany({ where: { workspaceId } });
  expect(rows).toHaveLength(1);
  const row = rows[0];
  if (!row) throw new Error('no row');
  const [inputTokens, outputTokens, price] = [row.inputUnits, row.outputUnits, row.priceMicroUsd].map(Number);
  const books = await readBooks(database.pool, workspaceId);
  expect(books).toMatchObject({
    rolledUnits: books.ledgerUnits,
    spent: books.ledgerUnits,
    holds: 0,
    heldUnits: 0,
  });
  return { id: row.id, statusClass: row.statusClass, inputTokens, outputTokens, price };
}
