'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { Ago } from '../../../../_components/ago.tsx';
import { Dialog } from '../../../../_components/dialog.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../_components/slip.tsx';
import { useRpc } from '../../../../_trpc/client.ts';

interface RevokeKeyDialogProps {
  readonly workspaceId: string;
  readonly apiKey: ApiKeyItem;
  readonly onClose: () => void;
}

export function RevokeKeyDialog({ workspaceId, apiKey, onClose }: RevokeKeyDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    rpc.apiKey.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId }));
        onClose();
      },
    }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Revoke ${apiKey.name}?`} narrow>
      <div className="content grid gap-4">
        <Ledger
          lines={[
            ['Key', <code key="key">{apiKey.prefix}…</code>],
            ['Last used', apiKey.lastUsedAt ? <Ago key="used" at={apiKey.lastUsedAt} /> : 'never'],
            ['From its next call', '401, at every server'],
            ['Calls under way', 'are answered'],
            ['Its usage', 'stays'],
            ['Undo', 'none: make a new key'],
          ]}
        />
        {revoke.error && <RefusalNote error={revoke.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          className="btn destroy"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate({ workspaceId, keyId: apiKey.id })}
        >
          Revoke key
        </button>
      </footer>
    </Dialog>
  );
}
