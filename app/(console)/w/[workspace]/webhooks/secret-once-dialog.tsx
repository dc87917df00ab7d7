'use client';
import Link from 'next/link';
import type { CreatedEndpoint } from '#server/domain/webhooks/schema.ts';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { OnceDialog } from '../../../../_components/once-dialog.tsx';
import { exactTime } from '../../../../_format/time.ts';

interface SecretOnceDialogProps {
  readonly created: CreatedEndpoint;
  readonly onClose: () => void;
}

export function SecretOnceDialog({ created: { endpoint, secret }, onClose }: SecretOnceDialogProps) {
  return (
    <OnceDialog
      title="Copy this secret now"
      description="What receives the events verifies their signatures with it. Nobody can show it again; it can be rotated."
      secret={{ name: 'secret', remedy: 'rotated' }}
      facts={[
        ['Address', <span key="url">{endpoint.url}</span>],
        ['Events', endpoint.eventTypes.join(', ')],
        ...(endpoint.previousSecretUntil
          ? ([['The old secret signs as well', `until ${exactTime(endpoint.previousSecretUntil)}`]] as const)
          : []),
      ]}
      onClose={onClose}
    >
      {({ copied, onCopied }) => ({
        shown: (
          <div className="key-once mt-2">
            <code data-testid="new-secret">
              whsec_
              <wbr />
              <b>{secret.slice('whsec_'.length)}</b>
            </code>
            <CopyButton text={secret} className={copied ? 'btn' : 'btn primary'} onCopied={onCopied} />
          </div>
        ),
        below: (
          <p className="mt-4">
            <Link href="/docs/webhooks" target="_blank">
              Verify a signature: samples in three languages
            </Link>
          </p>
        ),
      })}
    </OnceDialog>
  );
}
