import type { Metadata } from 'next';
import Link from 'next/link';
import { Wordmark } from '../_components/mark.tsx';
import { Scroller } from '../_components/scroller.tsx';
import { Ledger } from '../_components/slip.tsx';
import { money } from '../_format/money.ts';
import { count, percent } from '../_format/number.ts';
import { calendarDate, exactTime } from '../_format/time.ts';
import { adminOverview, modelCards } from '../_trpc/server.ts';
import { type TrainedModel, trainedModels } from './trained-models.ts';

export const metadata: Metadata = { title: 'Operator' };

const mebibyte = 1024 * 1024;

export default async function AdminPage() {
  const [overview, cards] = await Promise.all([adminOverview(), modelCards()]);
  const models = trainedModels(cards);
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
          <div className="sec">
            <h2>Models</h2>
          </div>
          <Models models={models} />
          <p className="text-dense text-ink-2 mt-6">Read {exactTime(new Date())}.</p>
        </div>
      </main>
    </div>
  );
}

/** What each built-in model is, and which engine trained it on which device. */
function Models({ models }: { models: readonly TrainedModel[] }) {
  return (
    <Scroller label="Models">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Task</th>
            <th scope="col">Trained</th>
            <th scope="col">Engine and device</th>
          </tr>
        </thead>
        <tbody>
          {models.map(({ version, task, trainedAt, engine }) => (
            <tr key={version}>
              <th scope="row" className="font-mono">
                {version}
              </th>
              <td>{task}</td>
              <td>{trainedAt ? calendarDate(new Date(trainedAt)) : 'elsewhere'}</td>
              <td>{engine ?? 'brought in trained'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
