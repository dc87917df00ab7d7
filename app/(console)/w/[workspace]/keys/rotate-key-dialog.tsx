'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ApiKeyItem, CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Note } from '../../../../_components/note.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../_components/slip.tsx';
import { useRpc } from '../../../../_trpc/client.ts';

interface RotateKeyDialogProps {
  readonly workspaceId: string;
  readonly apiKey: ApiKeyItem;
  readonly onClose: () => void;
  readonly onRotated: (rotated: CreatedApiKey) => void;
}

const overlaps = [
  { hours: 0, name: 'Not at all: it stops at once' },
  { hours: 1, name: '1 hour' },
  { hours: 24, name: '1 day' },
  { hours: 168, name: '7 days' },
  { hours: 720, name: '30 days' },
] as const;

export function RotateKeyDialog({ workspaceId, apiKey, onClose, onRotated }: RotateKeyDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const overlapId = useId();
  const [hours, setHours] = useState(24);
  const rotate = useMutation(
    rpc.apiKey.rotate.mutationOptions({
      onSuccess: async (rotated) => {
        await queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId }));
        onRotated(rotated);
      },
    }),
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Rotate ${apiKey.name}`} narrow>
      <div className="content grid gap-4">
        <Ledger
          lines={[
            ['New secret', 'shown once, next'],
            ['Name, limits, budget, usage', 'stay'],
          ]}
        />
        <div className="field">
          <label className="label" htmlFor={overlapId}>
            The old secret works on for
          </label>
          <select
            id={overlapId}
            className="input"
            value={hours}
            onChange={(event) => setHours(Number(event.target.value))}
          >
            {overlaps.map(({ hours: each, name }) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
          </select>
        </div>
        {apiKey.overlapUntil && (
          <Note kind="warn">An older secret is still in its overlap. It stops working now.</Note>
        )}
        {rotate.error && <RefusalNote error={rotate.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className={hours === 0 ? 'btn destroy' : 'btn primary'}
          disabled={rotate.isPending}
          onClick={() => rotate.mutate({ workspaceId, keyId: apiKey.id, overlapHours: hours })}
        >
          Rotate key
        </button>
      </footer>
    </Dialog>
  );
}
