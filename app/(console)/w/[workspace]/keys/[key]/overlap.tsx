'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { Note } from '../../../../../_components/note.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { exactTime } from '../../../../../_format/time.ts';
import { useRpc } from '../../../../../_trpc/client.ts';

/** While two secrets work: until when, and how to end it. */
export function Overlap({ workspaceId, apiKey }: { workspaceId: string; apiKey: ApiKeyItem }) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const end = useMutation(
    rpc.apiKey.endOverlap.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId })),
    }),
  );
  if (!apiKey.overlapUntil) return null;
  return (
    <div className="mb-3 grid gap-3">
      <Note kind="warn">
        The old secret works until {exactTime(apiKey.overlapUntil)}.{' '}
        <button
          type="button"
          className="underline underline-offset-3"
          disabled={end.isPending}
          onClick={() => end.mutate({ workspaceId, keyId: apiKey.id })}
        >
          Stop it now
        </button>
      </Note>
      {end.error && <RefusalNote error={end.error} />}
    </div>
  );
}
