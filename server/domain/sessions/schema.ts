import { z } from 'zod';
import type { Profile } from '../accounts/schema.ts';

export const revokeSessionSchema = z.object({ sessionId: z.uuid() });

/** Who is asking, as read from the rows at this very request. */
export interface CurrentSession {
  readonly sessionId: string;
  readonly user: Profile;
}

export interface SessionItem {
  readonly id: string;
  readonly current: boolean;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}
