'use client';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type WorkspaceItem, workspaceNameSchema } from '#server/domain/workspaces/schema.ts';
import { Field } from '../../../../_components/field.tsx';
import { Form } from '../../../../_components/form.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { SubmitButton } from '../../../../_components/submit-button.tsx';
import { clockTime } from '../../../../_format/time.ts';
import { useRpc } from '../../../../_trpc/client.ts';

export function RenameWorkspace({ workspace, mayManage }: { workspace: WorkspaceItem; mayManage: boolean }) {
  const rpc = useRpc();
  const router = useRouter();
  const [name, setName] = useState(workspace.name);
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const parsed = workspaceNameSchema.safeParse(name);
  const rename = useMutation(
    rpc.workspace.rename.mutationOptions({
      onSuccess: () => {
        setSavedAt(new Date());
        router.refresh();
      },
    }),
  );
  const changed = parsed.success && parsed.data !== workspace.name;

  function submit() {
    if (parsed.success) rename.mutate({ workspaceId: workspace.id, name: parsed.data });
  }

  return (
    <Form onSubmit={submit} className="grid gap-3">
      <Field
        label="Name"
        value={name}
        readOnly={!mayManage}
        maxLength={60}
        help={mayManage ? 'The address stays as it is.' : 'Owners and admins can rename it.'}
        aside={
          savedAt && !changed ? <span className="text-ink-3">Saved {clockTime(savedAt)} UTC</span> : undefined
        }
        error={parsed.success ? undefined : parsed.error.issues[0]?.message}
        onChange={(event) => setName(event.target.value)}
      />
      {rename.error && <RefusalNote error={rename.error} />}
      {mayManage && (
        <div>
          <SubmitButton className="btn edged" disabled={!changed || rename.isPending}>
            Save name
          </SubmitButton>
        </div>
      )}
    </Form>
  );
}
