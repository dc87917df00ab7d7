'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiKeyItem, apiKeyNameSchema } from '#server/domain/api-keys/schema.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Field } from '../../../../_components/field.tsx';
import { Form } from '../../../../_components/form.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { useRpc } from '../../../../_trpc/client.ts';

interface RenameKeyDialogProps {
  readonly workspaceId: string;
  readonly apiKey: ApiKeyItem;
  readonly onClose: () => void;
}

export function RenameKeyDialog({ workspaceId, apiKey, onClose }: RenameKeyDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const [name, setName] = useState(apiKey.name);
  const parsed = apiKeyNameSchema.safeParse(name);
  const rename = useMutation(
    rpc.apiKey.rename.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(rpc.apiKey.list.queryFilter({ workspaceId }));
        onClose();
      },
    }),
  );

  function submit() {
    if (parsed.success) rename.mutate({ workspaceId, keyId: apiKey.id, name: parsed.data });
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Rename key" narrow>
      <Form onSubmit={submit}>
        <div className="content grid gap-4">
          <Field
            label="Name"
            value={name}
            autoFocus
            autoComplete="off"
            maxLength={60}
            error={parsed.success ? undefined : parsed.error.issues[0]?.message}
            onChange={(event) => setName(event.target.value)}
          />
          {rename.error && <RefusalNote error={rename.error} />}
        </div>
        <footer>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={rename.isPending || !parsed.success}>
            Rename
          </button>
        </footer>
      </Form>
    </Dialog>
  );
}
