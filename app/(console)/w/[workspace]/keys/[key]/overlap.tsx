'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { Note } from '../../../../../_components/note.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { exactTime } from '../../../../../_format/time.ts';
import { useRpc } from '../../../../../_trpc/client.ts';

/** While two secrets work: until when, and how to end it. */
export function Overlap({ workspaceId, apiKey }: { workspaceId: string; apiKey: ApiKeyItem }) {
  const [asked, setAsked] = useState(false);
  if (!apiKey.overlapUntil) return null;
  return (
    <div className="mb-3">
      <Note kind="warn">
        The old secret works until {exactTime(apiKey.overlapUntil)}.{' '}
        <button type="button" className="underline underline-offset-3" onClick={() => setAsked(true)}>
          Stop it now
        </button>
      </Note>
      {asked && (
        <EndOverlapDialog workspaceId={workspaceId} apiKey={apiKey} onClose={() => setAsked(false)} />
      )}
    </div>
  );
}

interface EndOverlapDialogProps {
  readonly workspaceId: string;
  readonly apiKey: ApiKeyItem;
  readonly onClose: () => void;
}

function EndOverlapDialog({ workspaceId, apiKey, onClose }: EndOverlapDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const end = useMutation(
    rpc.apiKey.endOverlap.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId }));
        onClose();
      },
    }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Stop the old secret?" narrow>
      <div className="content grid gap-4">
        <Ledger
          lines={[
            ['Programs that still send it', '401 from their next call'],
            ['The new secret', 'works on'],
            ['Undo', 'none: rotate again'],
          ]}
        />
        {end.error && <RefusalNote error={end.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          className="btn destroy"
          disabled={end.isPending}
          onClick={() => end.mutate({ workspaceId, keyId: apiKey.id })}
        >
          Stop old secret
        </button>
      </footer>
    </Dialog>
  );
}
