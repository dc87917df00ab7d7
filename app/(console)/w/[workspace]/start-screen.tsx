'use client';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import type { ApiKeyItem, CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import type { UsageOverview } from '#server/domain/usage/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { CodeSample } from '../../../_components/code-sample.tsx';
import { Slip } from '../../../_components/slip.tsx';
import { Wait } from '../../../_components/wait.tsx';
import { exactMoney } from '../../../_format/money.ts';
import { count, plural } from '../../../_format/number.ts';
import { calendarDate, clockTime } from '../../../_format/time.ts';
import { firstCalls } from '../../../_samples/first-calls.ts';
import { Sheet } from '../../_shell/sheet.tsx';
import { CreateKeyDialog } from './_keys/create-key-dialog.tsx';
import { KeyOnceDialog } from './_keys/key-once-dialog.tsx';
import { useApiKeys } from './_keys/use-api-keys.ts';
import { isActive } from './keys/key-state.ts';
import { useUsage } from './usage/use-usage.ts';

interface StartScreenProps {
  readonly workspace: WorkspaceItem;
  readonly keys: readonly ApiKeyItem[];
  readonly overview: UsageOverview;
  readonly apiUrl: string;
}

/** Three steps, each with its real state: a key, a call, its slip. */
export function StartScreen({
  workspace,
  keys: initialKeys,
  overview: initialOverview,
  apiUrl,
}: StartScreenProps) {
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  const { data: keys = initialKeys } = useApiKeys(workspace.id, { initial: initialKeys, listening: true });
  const { data: overview = initialOverview } = useUsage({
    workspaceId: workspace.id,
    selection: { range: '30d' },
    initial: initialOverview,
  });
  const active = keys.filter(isActive);
  const called = overview.totals.requests > 0;
  const newest = active[0];

  return (
    <Sheet title="Start">
      <ol className="steps">
        <Step number={1} title="Create a key" done={active.length > 0}>
          <p>
            {newest
              ? `${plural(active.length, 'active key')}. The newest: ${newest.name}, made ${calendarDate(newest.createdAt)}.`
              : 'It is shown once, when it is made. We keep only its hash.'}
          </p>
          <p className="mt-3 flex flex-wrap gap-2">
            {roleMay(workspace.role, 'keys:manage') && (
              <button
                type="button"
                className={newest ? 'btn edged' : 'btn primary'}
                onClick={() => setCreating(true)}
              >
                <Plus size={16} strokeWidth={1.5} aria-hidden />
                Create key
              </button>
            )}
            {newest && (
              <Link className="btn" href={`/w/${workspace.slug}/keys`}>
                All keys
              </Link>
            )}
          </p>
        </Step>
        <Step number={2} title="Make the first call" done={called}>
          <p className="mb-3">
            Put the key in <code>MODELYARD_KEY</code>, or in place of it.
          </p>
          <CodeSample label="The first call" variants={firstCalls(apiUrl)} />
          {!called && (
            <div className="mt-3">
              <Wait>Listening for the first call. It shows here within two seconds.</Wait>
            </div>
          )}
        </Step>
        <Step number={3} title="See it metered" done={called}>
          {called ? (
            <Metered overview={overview} slug={workspace.slug} />
          ) : (
            <p>
              Each call is in the ledger before its answer leaves. What it cost appears here, and in Usage.
            </p>
          )}
        </Step>
      </ol>
      <CreateKeyDialog
        workspaceId={workspace.id}
        open={creating}
        onOpenChange={setCreating}
        onCreated={(made) => {
          setCreating(false);
          setCreated(made);
        }}
      />
      {created && <KeyOnceDialog created={created} apiUrl={apiUrl} onClose={() => setCreated(null)} />}
    </Sheet>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly done: boolean;
  readonly children: ReactNode;
}

function Step({ number, title, done, children }: StepProps) {
  return (
    <li className={done ? 'done' : undefined}>
      <div className="no" aria-hidden="true">
        {number}
      </div>
      <div>
        <h2>
          {title} <span className={done ? 'st' : 'st off'}>{done ? 'done' : 'to do'}</span>
        </h2>
        {children}
      </div>
    </li>
  );
}

function Metered({ overview, slug }: { overview: UsageOverview; slug: string }) {
  const last = overview.rows.toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime())[0];
  const { requests, failed, units, priceMicroUsd } = overview.totals;
  return (
    <>
      <div className="max-w-sm">
        <Slip
          title="30 days"
          reference={last && `last ${clockTime(last.lastUsedAt)} UTC`}
          lines={[
            ['calls', count(requests)],
            ['failed', count(failed)],
            ['units', count(units)],
          ]}
          sum={['charged', exactMoney(priceMicroUsd)]}
        />
      </div>
      <p className="mt-3">
        <Link className="btn edged" href={`/w/${slug}/usage`}>
          Open Usage
        </Link>
      </p>
    </>
  );
}
