'use client';
import { Dialog } from '../../../../_components/dialog.tsx';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { Ledger } from '../../../../_components/slip.tsx';
import { count } from '../../../../_format/number.ts';

interface StopFeedbackDialogProps {
  readonly kept: number;
  readonly error: unknown;
  readonly pending: boolean;
  readonly onStop: () => void;
  readonly onClose: () => void;
}

export function StopFeedbackDialog({ kept, error, pending, onStop, onClose }: StopFeedbackDialogProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Stop keeping feedback?" narrow>
      <div className="content grid gap-4">
        <Ledger
          lines={[
            [`${count(kept)} kept, and what came since`, 'deleted at once'],
            ['Calls of /v1/feedback', '403 from the next one'],
            ['Undo', 'none: what is deleted is gone'],
          ]}
        />
        {error !== null && <RefusalNote error={error} />}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="btn destroy" disabled={pending} onClick={onStop}>
          {pending ? 'Deleting…' : 'Stop and delete'}
        </button>
      </footer>
    </Dialog>
  );
}
