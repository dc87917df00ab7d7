import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { endpointItemOf } from './endpoint-item.ts';
import { findEndpoint, type OneEndpoint } from './find-endpoint.ts';
import type { EndpointItem } from './schema.ts';

export async function readEndpoint(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  endpoint: OneEndpoint,
): Promise<EndpointItem> {
  return endpointItemOf(await findEndpoint(db, endpoint), clock.now());
}

/** A workspace has a bounded number of them. */
export async function listEndpoints(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  workspaceId: string,
): Promise<EndpointItem[]> {
  const rows = await db.webhookEndpoint.findMany({ where: { workspaceId }, orderBy: { id: 'asc' } });
  return rows.map((row) => endpointItemOf(row, clock.now()));
}
