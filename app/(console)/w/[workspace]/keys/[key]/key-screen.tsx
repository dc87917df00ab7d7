'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { ApiKeyItem, CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { Ago } from '../../../../../_components/ago.tsx';
import { BudgetRule } from '../../../../../_components/budget-rule.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { money } from '../../../../../_format/money.ts';
import { calendarDate } from '../../../../../_format/time.ts';
import { Sheet } from '../../../../_shell/sheet.tsx';
import { KeyOnceDialog } from '../../_keys/key-once-dialog.tsx';
import { useApiKeys } from '../../_keys/use-api-keys.ts';
import { isActive, stateOf } from '../key-state.ts';
import { RevokeKeyDialog } from '../revoke-key-dialog.tsx';
import { RotateKeyDialog } from '../rotate-key-dialog.tsx';
import { KeySettings } from './key-settings.tsx';
import { Overlap } from './overlap.tsx';

interface KeyScreenProps {
  readonly workspace: WorkspaceItem;
  readonly keyId: string;
  readonly initial: readonly ApiKeyItem[];
  readonly apiUrl: string;
}

const stateWords = {
  active: <span className="st">active</span>,
  'expires-soon': <span className="st warn">expires soon</span>,
  expired: <span className="st off">expired</span>,
  revoked: <span className="st off">revoked</span>,
} as const;

export function KeyScreen({ workspace, keyId, initial, apiUrl }: KeyScreenProps) {
  const { data: keys = initial } = useApiKeys(workspace.id, { initial });
  const [asked, setAsked] = useState<'rotate' | 'revoke' | null>(null);
  const [rotated, setRotated] = useState<CreatedApiKey | null>(null);
  const key = keys.find(({ id }) => id === keyId);
  if (!key) return null;
  const mayManage = roleMay(workspace.role, 'keys:manage') && isActive(key);
  return (
    <Sheet title={key.name}>
      <div className="max-w-2xl">
        <p className="text-dense">
          <Link href={`/w/${workspace.slug}/keys`}>All keys</Link>
        </p>
        <Ledger
          className="mt-3"
          lines={[
            ['Key', <code key="key">{key.prefix}…</code>],
            ['State', stateWords[stateOf(key)]],
            ['Created', `${calendarDate(key.createdAt)}${key.createdBy ? `, ${key.createdBy}` : ''}`],
            ['Last used', key.lastUsedAt ? <Ago key="used" at={key.lastUsedAt} /> : 'never'],
            [
              'Spent this month',
              `${money(key.spentThisMonthMicroUsd)}${key.budget ? ` of ${money(key.budget.microUsd)}` : ''}`,
            ],
          ]}
        />
        {key.budget && (
          <div className="mt-3">
            <BudgetRule spentMicroUsd={key.spentThisMonthMicroUsd} budget={key.budget} />
          </div>
        )}
        <div className="sec">
          <h2>What it may do</h2>
        </div>
        <KeySettings workspace={workspace} apiKey={key} mayManage={mayManage} />
        {mayManage && (
          <>
            <div className="sec">
              <h2>Secret</h2>
            </div>
            <Overlap workspaceId={workspace.id} apiKey={key} />
            <p className="text-ink-2 text-dense mb-3">
              A new secret for the same key. The old one works on for as long as you choose, so that programs
              can change over.
            </p>
            <div className="flex flex-wrap gap-2">
              <button type="button" className="btn edged" onClick={() => setAsked('rotate')}>
                Rotate key
              </button>
              <button type="button" className="btn danger" onClick={() => setAsked('revoke')}>
                Revoke key
              </button>
            </div>
          </>
        )}
      </div>
      {asked === 'rotate' && (
        <RotateKeyDialog
          workspaceId={workspace.id}
          apiKey={key}
          onClose={() => setAsked(null)}
          onRotated={(made) => {
            setAsked(null);
            setRotated(made);
          }}
        />
      )}
      {asked === 'revoke' && (
        <RevokeKeyDialog workspaceId={workspace.id} apiKey={key} onClose={() => setAsked(null)} />
      )}
      {rotated && <KeyOnceDialog created={rotated} apiUrl={apiUrl} onClose={() => setRotated(null)} />}
    </Sheet>
  );
}
