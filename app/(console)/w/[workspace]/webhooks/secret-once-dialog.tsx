'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { CreatedEndpoint } from '#server/domain/webhooks/schema.ts';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Note } from '../../../../_components/note.tsx';
import { Ledger } from '../../../../_components/slip.tsx';
import { exactTime } from '../../../../_format/time.ts';

interface SecretOnceDialogProps {
  readonly created: CreatedEndpoint;
  readonly onClose: () => void;
}

/** The only time that anyone sees the secret. Closing it without having copied it takes a second thought. */
export function SecretOnceDialog({ created: { endpoint, secret }, onClose }: SecretOnceDialogProps) {
  const [copied, setCopied] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      onDismissAttempt={() => (copied ? onClose() : setAsked(true))}
      title="Copy this secret now"
      description="What receives the events verifies their signatures with it. Nobody can show it again; it can be rotated."
    >
      <div className="content">
        <div className="key-once mt-2">
          <code data-testid="new-secret">
            whsec_
            <wbr />
            <b>{secret.slice('whsec_'.length)}</b>
          </code>
          <CopyButton
            text={secret}
            className={copied ? 'btn' : 'btn primary'}
            onCopied={() => setCopied(true)}
          />
        </div>
        <Ledger
          className="mt-4"
          lines={[
            ['Address', <span key="url">{endpoint.url}</span>],
            ['Events', endpoint.eventTypes.join(', ')],
            ...(endpoint.previousSecretUntil
              ? ([
                  ['The old secret signs as well', `until ${exactTime(endpoint.previousSecretUntil)}`],
                ] as const)
              : []),
          ]}
        />
        <p className="mt-4">
          <Link href="/docs/webhooks" target="_blank">
            Verify a signature: samples in three languages
          </Link>
        </p>
        {asked && (
          <div className="mt-3">
            <Note kind="warn">
              The secret was not copied. Closed now, it is lost, and has to be rotated.{' '}
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
