import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { feedbackLimits } from '../rate-limits/limits.ts';
import { parsePublicRequestId } from '../usage/request-id.ts';

export interface Feedback {
  readonly workspaceId: string;
  /** As the caller saw it. */
  readonly requestId: string;
  /** Which input of the request, from 0. */
  readonly index: number;
  readonly said: { readonly label: string } | { readonly correction: string };
}

/**
 * Keeps what an answer should have been; said again of the same input, the last one stands. What is of another workspace is
 * not told apart from what is not there.
 */
export async function recordFeedback(
  { db, clock }: { db: Database; clock: Clock },
  { workspaceId, requestId: publicId, index, said }: Feedback,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    // Locked, so that nothing is kept by who asked before the switch was turned off and wrote after it.
    const [workspace] = await transaction.$queryRaw<{ keeps: boolean }[]>`
      SELECT keeps_feedback AS keeps FROM workspaces WHERE id = ${workspaceId}::uuid FOR SHARE`;
    if (!workspace?.keeps) throw switchedOff();
    const requestId = parsePublicRequestId(publicId);
    const answered = requestId && { id: requestId, workspaceId, statusClass: 2 };
    if (!answered || !(await transaction.usageRecord.findFirst({ where: answered, select: { id: true } }))) {
      throw new DomainError(
        'not_found',
        'There is no answered request of that id. Send the x-request-id of an answer that this workspace got.',
        { param: 'request_id' },
      );
    }
    const { label = null, correction = null } = { label: null, correction: null, ...said };
    const kept = await transaction.feedback.count({
      where: { workspaceId, NOT: { requestId, inputIndex: index } },
      take: feedbackLimits.perWorkspaceMax,
    });
    if (kept >= feedbackLimits.perWorkspaceMax) throw full();
    await transaction.$executeRaw`
      INSERT INTO feedback (request_id, input_index, workspace_id, label, correction, updated_at)
      VALUES (${requestId}::uuid, ${index}, ${workspaceId}::uuid, ${label}, ${correction}, ${clock.now()})
      ON CONFLICT (request_id, input_index) DO UPDATE
      SET label = excluded.label, correction = excluded.correction, updated_at = excluded.updated_at`;
  });
}

function switchedOff(): DomainError {
  return new DomainError(
    'storage_not_allowed',
    'This workspace keeps no feedback, so nothing was stored. An owner or admin can switch it on in the console, under Settings.',
  );
}

function full(): DomainError {
  return new DomainError(
    'insufficient_quota',
    `This workspace keeps ${feedbackLimits.perWorkspaceMax} pieces of feedback, which is the most. Each is deleted after ${feedbackLimits.keptDays} days; switching feedback off deletes all of them.`,
  );
}
