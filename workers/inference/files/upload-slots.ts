import { DomainError } from '#server/domain/errors.ts';
import { fileLimits } from '#server/domain/rate-limits/limits.ts';

export interface UploadSlots {
  /** Refuses, instead of waiting, where there is no place. */
  take<Value>(workspaceId: string, upload: () => Promise<Value>): Promise<Value>;
}

/** An upload may take its time, so a workspace that keeps many of them open must not keep the others out. */
export function createUploadSlots(): UploadSlots {
  const byWorkspace = new Map<string, number>();
  let taken = 0;
  return {
    async take(workspaceId, upload) {
      const own = byWorkspace.get(workspaceId) ?? 0;
      const { uploadsAtOnceMax: most, uploadsAtOncePerWorkspaceMax: ownMost } = fileLimits;
      if (own >= ownMost) {
        const sentence = `The workspace is uploading ${ownMost} files, the most at once. Try again.`;
        throw new DomainError('concurrency_limit_exceeded', sentence, { retryAfterMs: 1_000 });
      }
      if (taken >= most) {
        const sentence = 'Too many files are being uploaded. Try again.';
        throw new DomainError('overloaded', sentence, { retryAfterMs: 1_000 });
      }
      taken++;
      byWorkspace.set(workspaceId, own + 1);
      try {
        return await upload();
      } finally {
        taken--;
        const left = (byWorkspace.get(workspaceId) ?? 1) - 1;
        if (left > 0) byWorkspace.set(workspaceId, left);
        else byWorkspace.delete(workspaceId);
      }
    },
  };
}
