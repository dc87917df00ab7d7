'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { CreatedEndpoint } from '#server/domain/webhooks/schema.ts';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { Note } from '../../../../../_components/note.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../../_trpc/client.ts';
import type { EndpointDialogProps } from './edit-endpoint-dialog.tsx';

interface RotateSecretDialogProps extends EndpointDialogProps {
  readonly onRotated: (rotated: CreatedEndpoint) => void;
}

const overlaps = [
  { hours: 24, name: 'For 24 hours' },
  { hours: 168, name: 'For 7 days' },
  { hours: 0, name: 'No longer: it has leaked' },
] as const;

export function RotateSecretDialog(props: RotateSecretDialogProps) {
  const { workspaceId, endpointId, endpoint, onRotated, onClose } = props;
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const overlapId = useId();
  const [overlapHours, setOverlapHours] = useState('24');
  const rotate = useMutation(
    rpc.webhook.rotateSecret.mutationOptions({
      onSuccess: (rotated) => {
        onRotated(rotated);
        return queryClient.invalidateQueries(rpc.webhook.get.queryFilter({ workspaceId, endpointId }));
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rotate the secret?"
      description="A new one is made and shown once. While both sign, each delivery carries two signatures, and whichever secret you know verifies it."
      narrow
    >
      <div className="content grid gap-4">
        <div className="field">
          <label className="label" htmlFor={overlapId}>
            The old secret signs as well
          </label>
          <select
            id={overlapId}
            className="input"
            value={overlapHours}
            onChange={(event) => setOverlapHours(event.target.value)}
          >
            {overlaps.map(({ hours, name }) => (
              <option key={hours} value={hours}>
                {name}
              </option>
            ))}
          </select>
        </div>
        {endpoint.previousSecretUntil && (
          <Note kind="warn">A rotation is under way. The secret that it replaced stops signing now.</Note>
        )}
        {rotate.error && <RefusalNote error={rotate.error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={rotate.isPending}
          onClick={() => rotate.mutate({ workspaceId, endpointId, overlapHours: Number(overlapHours) })}
        >
          Rotate secret
        </button>
      </footer>
    </Dialog>
  );
}
