import type { Transaction } from '../database.ts';
import { mailOwners, type OwnerMailDependencies } from './mail-owners.ts';
import type { DisabledBecause } from './schema.ts';
import { switchOffEndpoint } from './switch-off-endpoint.ts';

/** By us, and the owners are told. The caller has locked the endpoint. */
export async function giveUpEndpoint(
  transaction: Transaction,
  dependencies: OwnerMailDependencies,
  change: {
    readonly workspaceId: string;
    readonly endpointId: string;
    readonly because: Exclude<DisabledBecause, 'member'>;
    readonly at: Date;
  },
): Promise<void> {
  if (!(await switchOffEndpoint(transaction, { ...change, actorUserId: null }))) return;
  await mailOwners(transaction, dependencies, change);
}
