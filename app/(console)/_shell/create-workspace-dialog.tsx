'use client';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { workspaceNameSchema } from '#server/domain/workspaces/schema.ts';
import { Dialog } from '../../_components/dialog.tsx';
import { Field } from '../../_components/field.tsx';
import { Form } from '../../_components/form.tsx';
import { RefusalNote } from '../../_components/refusal-note.tsx';
import { useRpc } from '../../_trpc/client.ts';

interface CreateWorkspaceDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function CreateWorkspaceDialog({ open, onOpenChange }: CreateWorkspaceDialogProps) {
  const rpc = useRpc();
  const router = useRouter();
  const [name, setName] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const create = useMutation(
    rpc.workspace.create.mutationOptions({
      onSuccess: ({ slug }) => {
        onOpenChange(false);
        setName('');
        setSubmitted(false);
        router.push(`/w/${slug}`);
        router.refresh();
      },
    }),
  );
  const parsed = workspaceNameSchema.safeParse(name);

  function submit() {
    setSubmitted(true);
    if (parsed.success) create.mutate({ name: parsed.data });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Create workspace"
      description="Its keys, quota and usage stand apart from those of your other workspaces."
      narrow
    >
      <Form onSubmit={submit}>
        <div className="content grid gap-4">
          <Field
            label="Name"
            value={name}
            autoFocus
            maxLength={60}
            error={submitted && !parsed.success ? parsed.error.issues[0]?.message : undefined}
            onChange={(event) => setName(event.target.value)}
          />
          {create.error && <RefusalNote error={create.error} />}
        </div>
        <footer>
          <button type="button" className="btn" onClick={() => onOpenChange(false)}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={create.isPending}>
            Create workspace
          </button>
        </footer>
      </Form>
    </Dialog>
  );
}
