'use client';
import Link from 'next/link';
import type { CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { CodeSample } from '../../../../_components/code-sample.tsx';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { type Copying, OnceDialog } from '../../../../_components/once-dialog.tsx';
import { Wait } from '../../../../_components/wait.tsx';
import { calendarDate, clockTime, exactTime } from '../../../../_format/time.ts';
import { firstCalls } from '../../../../_samples/first-calls.ts';
import { useShell } from '../../../_shell/shell-context.ts';
import { scopeNames } from './key-controls.tsx';
import { useApiKeys } from './use-api-keys.ts';

interface KeyOnceDialogProps {
  readonly created: CreatedApiKey;
  readonly apiUrl: string;
  readonly onClose: () => void;
}

export function KeyOnceDialog({ created, apiUrl, onClose }: KeyOnceDialogProps) {
  return (
    <OnceDialog
      title="Copy this key now"
      description="We keep only its SHA-256. Once you close this, nobody can show it again, us included."
      secret={{ name: 'key', remedy: 'revoked' }}
      facts={[
        ['Name', created.name],
        ['May call', created.scopes.map((scope) => scopeNames[scope]).join(', ')],
        ...(created.overlapUntil
          ? ([['The old secret works until', exactTime(created.overlapUntil)]] as const)
          : []),
        ['Expires', created.expiresAt ? calendarDate(created.expiresAt) : 'never'],
      ]}
      onClose={onClose}
    >
      {(copying) => ({
        shown: <MeasuredKey value={created.key} {...copying} />,
        below: (
          <>
            <section className="mt-4" aria-label="The first call">
              <CodeSample
                label="The first call"
                variants={firstCalls(apiUrl, created.key)}
                onCopied={copying.onCopied}
              />
            </section>
            <div className="mt-3">
              <FirstCall keyId={created.id} />
            </div>
          </>
        ),
      })}
    </OnceDialog>
  );
}

/** The key with its parts: kind, public id, secret, checksum. */
function MeasuredKey({ value, copied, onCopied }: { value: string } & Copying) {
  const [brandPart = '', kind = '', id = '', secret = '', checksum = ''] = value.split('_');
  const bits = Math.floor(secret.length * Math.log2(62));
  const parts = [
    { name: 'kind', width: brandPart.length + 1 + kind.length },
    { name: 'id', width: id.length + 1 },
    { name: `secret, ${bits} bits`, width: secret.length + 1 },
    { name: 'check', width: checksum.length + 1 },
  ];
  return (
    <div className="mt-2">
      <div className="key-once">
        <code data-testid="new-key">
          {brandPart}_{kind}
          <wbr />_{id}
          <wbr />
          <b>_{secret}</b>
          <wbr />_{checksum}
        </code>
        <CopyButton text={value} className={copied ? 'btn' : 'btn primary'} onCopied={onCopied} />
      </div>
      <div className="key-dims" aria-hidden="true">
        {parts.map(({ name, width }) => (
          <span key={name} style={{ '--w': width } as React.CSSProperties}>
            <i />
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

function FirstCall({ keyId }: { keyId: string }) {
  const { workspace } = useShell();
  const { data: keys } = useApiKeys(workspace.id, { listening: true });
  const usedAt = keys?.find((key) => key.id === keyId)?.lastUsedAt;
  if (!usedAt) return <Wait>Listening for the first call with this key.</Wait>;
  return (
    <output className="text-dense block">
      <span className="st">First call at {clockTime(usedAt)} UTC.</span>{' '}
      <Link href={`/w/${workspace.slug}/usage?key=${keyId}`}>See it in Usage</Link>
    </output>
  );
}
