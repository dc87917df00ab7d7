import { type ApiKeyKind, displayPrefix } from '../api-keys/key-format.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { Settlement } from './metering.ts';
import { parsePublicRequestId, requestedAt } from './request-id.ts';

/** A row of the ledger: what one request cost. */
export interface Receipt {
  readonly requestedAt: Date;
  readonly task: string;
  readonly modelVersion: string;
  readonly keyId: string;
  readonly keyPrefix: string;
  readonly statusClass: number;
  readonly inputUnits: number;
  readonly outputUnits: number;
  readonly unit: Settlement['unit'];
  readonly priceMicroUsd: number;
  readonly priceVersion: number;
  readonly latencyMs: number;
}

/** By the id that callers see. What is of another workspace is not told apart from what is not there. */
export async function readReceipt(
  { db }: { db: Database },
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<Receipt> {
  const requestId = parsePublicRequestId(id);
  const record = requestId && (await db.usageRecord.findFirst({ where: { id: requestId, workspaceId } }));
  if (!record) {
    throw new DomainError(
      'not_found',
      'There is no receipt of that id. A request has one once it has ended: one that still runs has none yet, and one that was refused before it was admitted never has.',
      { param: 'request_id' },
    );
  }
  const { keyId, inputUnits, outputUnits, priceMicroUsd, task, modelVersion, statusClass } = record;
  const key = await db.apiKey.findUnique({ where: { id: keyId }, select: { kind: true } });
  return {
    requestedAt: requestedAt(record.id),
    task,
    modelVersion,
    keyId,
    keyPrefix: displayPrefix((key?.kind as ApiKeyKind | undefined) ?? 'short_lived', keyId),
    statusClass,
    inputUnits: Number(inputUnits),
    outputUnits: Number(outputUnits),
    unit: record.unit as Settlement['unit'],
    priceMicroUsd: Number(priceMicroUsd),
    priceVersion: record.priceVersion,
    latencyMs: record.latencyMs,
  };
}
