import type { Metadata } from 'next';
import Link from 'next/link';
import { Wordmark } from '../_components/mark.tsx';
import { Ledger } from '../_components/slip.tsx';
import { money } from '../_format/money.ts';
import { count, percent } from '../_format/number.ts';
import { exactTime } from '../_format/time.ts';
import { adminOverview } from '../_trpc/server.ts';

export const metadata: Metadata = { title: 'Operator' };

const mebibyte = 1024 * 1024;

export default async function AdminPage() {
  const overview = await adminOverview();
  const failedShare = overview.requestsToday > 0 ? overview.failedToday / overview.requestsToday : 0;
  return (
    <div className="operator">
      <header className="strip">
        <b>Operator</b>
        <span className="text-ink-2">Sums over every workspace. No customer’s data is readable here.</span>
        <Link className="ml-auto" href="/w">
          Leave
        </Link>
      </header>
      <main id="content">
        <div className="topline">
          <Link className="wordmark" href="/">
            <Wordmark />
          </Link>
          <h1 className="ml-4">Overview</h1>
        </div>
        <div className="sheet">
          <dl className="figs">
            <div>
              <dt>Calls today</dt>
              <dd className="v">{count(overview.requestsToday)}</dd>
              <dd className="d">since 00:00 UTC</dd>
            </div>
            <div>
              <dt>Charged today</dt>
              <dd className="v">{money(overview.microUsdToday)}</dd>
              <dd className="d">by the ledger’s roll-ups</dd>
            </div>
            <div>
              <dt>Failed today</dt>
              <dd className="v">
                {percent(failedShare)} <small className="unit">%</small>
              </dd>
              <dd className="d">{count(overview.failedToday)} calls</dd>
            </div>
            <div>
              <dt>Queue</dt>
              <dd className="v">{count(overview.queue.ready)}</dd>
              <dd className="d">
                {overview.queue.failed > 0 ? (
                  <span className="st bad">{count(overview.queue.failed)} failed</span>
                ) : (
                  'none failed'
                )}
              </dd>
            </div>
          </dl>
          <div className="sec">
            <h2>At rest</h2>
          </div>
          <Ledger
            className="max-w-md"
            lines={[
              ['Workspaces', count(overview.workspaces)],
              ['Accounts', count(overview.users)],
              ['Holds, calls under way', count(overview.holds)],
              ['Database', `${count(Math.round(overview.database.sizeBytes / mebibyte))} MiB`],
            ]}
          />
          <p className="text-dense text-ink-2 mt-6">Read {exactTime(new Date())}.</p>
        </div>
      </main>
    </div>
  );
}
