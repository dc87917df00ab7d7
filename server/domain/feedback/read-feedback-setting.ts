import type { Database } from '../database.ts';
import type { FeedbackSetting } from './schema.ts';

export async function readFeedbackSetting(
  { db }: { db: Database },
  { workspaceId }: { workspaceId: string },
): Promise<FeedbackSetting> {
  const [workspace, kept] = await Promise.all([
    db.workspace.findUniqueOrThrow({ where: { id: workspaceId }, select: { keepsFeedback: true } }),
    db.feedback.count({ where: { workspaceId } }),
  ]);
  return { keepsFeedback: workspace.keepsFeedback, kept };
}
