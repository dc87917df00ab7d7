import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { ApiKeyControls } from './schema.ts';

const bounded = ['requestsPerMinute', 'unitsPerMinute', 'concurrencyMax'] as const;

/** A key has no more of anything than its workspace: a greater number would promise what is never given. */
export async function checkKeyControls(
  transaction: Transaction,
  { workspaceId, controls }: { readonly workspaceId: string; readonly controls: ApiKeyControls },
): Promise<void> {
  const allowance = await transaction.allowance.findUniqueOrThrow({ where: { workspaceId } });
  for (const name of bounded) {
    const asked = controls[name];
    if (asked === undefined || asked === null || asked <= allowance[name]) continue;
    const sentence = `The workspace has ${allowance[name].toLocaleString('en-US')}: a key has at most as much.`;
    throw new DomainError('invalid_request', sentence, { param: name });
  }
}
