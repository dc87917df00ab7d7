'use client';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { Note } from './note.tsx';
import { Ledger } from './slip.tsx';

interface OnceDialogProps {
  readonly title: string;
  readonly description: string;
  /** What is lost, as the sentence that follows says it: "The key was not copied. Closed now, it is lost, and has to be …". */
  readonly secret: { readonly name: string; readonly remedy: string };
  readonly facts: Parameters<typeof Ledger>[0]['lines'];
  readonly children: (copying: Copying) => { readonly shown: ReactNode; readonly below: ReactNode };
  readonly onClose: () => void;
}

export interface Copying {
  readonly copied: boolean;
  readonly onCopied: () => void;
}

/** The only time that anyone sees a secret. Closing it without having copied it takes a second thought. */
export function OnceDialog({ title, description, secret, facts, children, onClose }: OnceDialogProps) {
  const [copied, setCopied] = useState(false);
  const [asked, setAsked] = useState(false);
  const { shown, below } = children({ copied, onCopied: () => setCopied(true) });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      onDismissAttempt={() => (copied ? onClose() : setAsked(true))}
      title={title}
      description={description}
    >
      <div className="content">
        {shown}
        <Ledger className="mt-4" lines={facts} />
        {below}
        {asked && (
          <div className="mt-3">
            <Note kind="warn">
              The {secret.name} was not copied. Closed now, it is lost, and has to be {secret.remedy}.{' '}
              <button type="button" className="underline underline-offset-3" onClick={onClose}>
                Close without it
              </button>
            </Note>
          </div>
        )}
      </div>
      <footer>
        <button type="button" className={copied ? 'btn primary' : 'btn edged'} onClick={onClose}>
          I have stored it
        </button>
      </footer>
    </Dialog>
  );
}
