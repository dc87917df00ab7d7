import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findEndpoint, lockEndpoint } from './find-endpoint.ts';
import { switchOffEndpoint } from './switch-off-endpoint.ts';
import type { EndpointChange } from './update-endpoint.ts';

/** By a member. Again changes nothing. */
export async function disableEndpoint(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  { workspaceId, endpointId, userId }: EndpointChange,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    await lockEndpoint(transaction, { workspaceId, endpointId });
    await findEndpoint(transaction, { workspaceId, endpointId });
    await switchOffEndpoint(transaction, {
      workspaceId,
      endpointId,
      because: 'member',
      actorUserId: userId,
      at: clock.now(),
    });
  });
}
