'use client';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { CallRefusalNote } from '../../../../../_calls/call-refusal-note.tsx';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { Form } from '../../../../../_components/form.tsx';
import { Wait } from '../../../../../_components/wait.tsx';
import { byteSize } from '../../../../../_format/number.ts';
import { useRpc } from '../../../../../_trpc/client.ts';
import type { BatchEndpoint } from './endpoints.ts';
import { FileChoice } from './file-choice.tsx';
import { FileReport } from './file-report.tsx';
import { ShareBar } from './share-bar.tsx';
import { useCheckedFile } from './use-checked-file.ts';
import { useNewBatch } from './use-new-batch.ts';

interface NewBatchDialogProps {
  readonly workspaceId: string;
  readonly onClose: () => void;
  readonly onStarted: (batchId: string) => void;
}

/** A file is chosen, checked here, sent to the public API, and made a batch of. */
export function NewBatchDialog({ workspaceId, onClose, onStarted }: NewBatchDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const { file, checked, readShare, choose } = useCheckedFile();
  const [picked, setPicked] = useState<BatchEndpoint | null>(null);
  const [submitted, setSubmitted] = useState(false);
  const batch = useNewBatch(workspaceId, (batchId) => {
    void queryClient.invalidateQueries(rpc.batch.pathFilter());
    onStarted(batchId);
  });
  const { stage, refusal } = batch;
  const isBusy = stage.kind !== 'idle';
  const isRight = checked !== null && checked.faults.length === 0;
  const endpoint = checked?.endpoint ?? picked;

  function take(chosen: File) {
    batch.clear();
    setSubmitted(false);
    choose(chosen);
  }

  function submit() {
    setSubmitted(true);
    if (file && isRight && endpoint) batch.start({ file, endpoint, isOpen: checked.endpoint === null });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New batch"
      description={
        <>
          A file of requests, one a line, answered within a day. Each line costs what its call does.{' '}
          <Link href="/docs/batches">How batches work</Link>
        </>
      }
      {...(isBusy && { onDismissAttempt: () => {} })}
    >
      <Form onSubmit={submit}>
        <div className="content grid gap-4">
          {isBusy ? null : <FileChoice file={file} choose={take} />}
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4" aria-live="polite" aria-busy={isBusy}>
            {file && !checked && (
              <ShareBar label="Check of the file" share={readShare}>
                Checking the file
              </ShareBar>
            )}
            {checked && !isBusy && (
              <FileReport
                checked={checked}
                endpoint={endpoint}
                error={submitted && !endpoint ? 'Choose the path that the lines are for.' : undefined}
                onEndpoint={setPicked}
              />
            )}
            {refusal && <CallRefusalNote refusal={refusal} />}
          </div>
          {file && stage.kind === 'sending' && (
            <ShareBar label="Upload" share={stage.share}>
              <code className="wrap-anywhere">{file.name}</code>:{' '}
              {byteSize(Math.round(stage.share * file.size))} of {byteSize(file.size)} sent
            </ShareBar>
          )}
          {stage.kind === 'starting' && <Wait>Starting the batch</Wait>}
        </div>
        <footer>
          {isBusy ? (
            <button
              type="button"
              className="btn edged"
              disabled={stage.kind === 'starting'}
              onClick={batch.cancel}
            >
              Cancel upload
            </button>
          ) : (
            <button type="button" className="btn" onClick={onClose}>
              Cancel
            </button>
          )}
          <button type="submit" className="btn primary" disabled={!isRight || isBusy}>
            {isBusy ? 'Starting…' : 'Start batch'}
          </button>
        </footer>
      </Form>
    </Dialog>
  );
}
