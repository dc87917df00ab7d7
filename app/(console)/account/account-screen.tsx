'use client';
import Link from 'next/link';
import type { Profile } from '#server/domain/accounts/schema.ts';
import type { SessionItem } from '#server/domain/sessions/schema.ts';
import { Ledger } from '../../_components/slip.tsx';
import { ThemeSegments } from '../../_components/theme-choice.tsx';
import { Sheet } from '../_shell/sheet.tsx';
import { Sessions } from './sessions.tsx';

export function AccountScreen({ account, initial }: { account: Profile; initial: readonly SessionItem[] }) {
  return (
    <Sheet title="Account">
      <div className="max-w-3xl">
        <div className="sec !mt-0">
          <h2>You</h2>
          <span className="end">
            <Link href="/forgot">Change the password</Link>
          </span>
        </div>
        <Ledger
          className="max-w-md"
          lines={[
            ['Email', account.email],
            ['Name', account.name ?? 'not given'],
          ]}
        />
        <Sessions initial={initial} />
        <div className="sec">
          <h2>Theme</h2>
        </div>
        <ThemeSegments />
        <p className="help mt-2">Kept in this browser.</p>
      </div>
    </Sheet>
  );
}
