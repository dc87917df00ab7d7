import type { PrismaClient } from '#prisma/generated/client.ts';
import { hashApiKey } from '#server/domain/api-keys/key-format.ts';
import type { AdmitRequest, Settlement } from '#server/domain/usage/metering.ts';
import { newRequestId } from '#server/domain/usage/request-id.ts';
import { type ApiKeyOptions, createApiKey, createWorkspace, type WorkspaceOptions } from './factories.ts';

/** A workspace with one key, as metering knows it. */
export async function createCustomer(
  db: PrismaClient,
  options: WorkspaceOptions = {},
  keyOptions: Partial<ApiKeyOptions> = {},
) {
  const workspace = await createWorkspace(db, options);
  const key = await createApiKey(db, { ...keyOptions, workspaceId: workspace.id });
  return { workspaceId: workspace.id, keyId: key.id, keyHash: hashApiKey(key.key) };
}
export type Customer = Awaited<ReturnType<typeof createCustomer>>;

/** Of one unit, unless given. */
export function admitRequest(
  { keyId, keyHash }: Pick<Customer, 'keyId' | 'keyHash'>,
  more: Partial<AdmitRequest> = {},
): AdmitRequest {
  return {
    requestId: newRequestId(),
    keyId,
    keyHash,
    scope: 'sentiment',
    model: 'sentiment-1',
    address: '192.0.2.1',
    origin: '',
    unitsMin: 1,
    unitsMax: 1,
    microUsdMax: 1,
    counted: false,
    ...more,
  };
}

/** The key matters only where the settlement goes through `createMetering`. */
export function settlementOf(
  { requestId, keyId = 'any' }: { readonly requestId: string; readonly keyId?: string },
  units: number,
  more: Partial<Settlement> = {},
): Settlement {
  return {
    requestId,
    keyId,
    epoch: 0,
    task: 'sentiment',
    modelVersion: 'sentiment-1@test',
    statusClass: 2,
    inputUnits: units,
    outputUnits: 0,
    unit: 'token',
    priceMicroUsd: units,
    priceVersion: 1,
    latencyMs: 3,
    ...more,
  };
}
