import type { UsageOverview, UsageRow } from '#server/domain/usage/schema.ts';
import { Ago } from '../../../../_components/ago.tsx';
import { Scroller } from '../../../../_components/scroller.tsx';
import { money } from '../../../../_format/money.ts';
import { count, percent, plural } from '../../../../_format/number.ts';

const failedShare = (row: { requests: number; failed: number }) =>
  row.requests > 0 ? row.failed / row.requests : 0;
const keyOf = (row: UsageRow) => `${row.keyId} ${row.model} ${row.task}`;

export function UsageTable({ overview: { rows, totals } }: { overview: UsageOverview }) {
  const most = Math.max(1, ...rows.map((row) => row.requests));
  return (
    <Scroller className="max-md:hidden" label="Usage by key and model">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Model</th>
            <th scope="col" className="num">
              Calls
            </th>
            <th scope="col">Share</th>
            <th scope="col" className="num">
              Units
            </th>
            <th scope="col" className="num">
              p95
            </th>
            <th scope="col" className="num">
              Failed
            </th>
            <th scope="col">Last call</th>
            <th scope="col" className="num">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <th scope="row">
                <span className="long-name" title={row.keyName}>
                  {row.keyName}
                </span>{' '}
                <code className="text-ink-3 font-normal">{row.keyPrefix.slice(0, 14)}…</code>
              </th>
              <td className="whitespace-nowrap">
                <code>{row.model}</code>
              </td>
              <td className="num">{count(row.requests)}</td>
              <td className="w-[14%]">
                <Share of={row.requests / most} />
              </td>
              <td className="num">{count(row.units)}</td>
              <td className="num">{row.p95Ms === null ? '—' : <Milliseconds value={row.p95Ms} />}</td>
              <td className="num">
                {percent(failedShare(row))} <span className="unit">%</span>
              </td>
              <td className="whitespace-nowrap">
                <Ago at={row.lastUsedAt} />
              </td>
              <td className="num">{money(row.priceMicroUsd)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <td className="num">{count(totals.requests)}</td>
            <td aria-hidden="true" />
            <td className="num">{count(totals.units)}</td>
            <td className="num">{totals.p95Ms === null ? '—' : <Milliseconds value={totals.p95Ms} />}</td>
            <td className="num">
              {percent(failedShare(totals))} <span className="unit">%</span>
            </td>
            <td aria-hidden="true" />
            <td className="num">{money(totals.priceMicroUsd)}</td>
          </tr>
        </tfoot>
      </table>
    </Scroller>
  );
}

export function UsageRows({ overview: { rows } }: { overview: UsageOverview }) {
  const most = Math.max(1, ...rows.map((row) => row.requests));
  return (
    <ul className="rows md:hidden">
      {rows.map((row) => (
        <li key={keyOf(row)}>
          <div className="line">
            <b>{row.keyName}</b>
            <b>{money(row.priceMicroUsd)}</b>
          </div>
          <div className="line text-ink-2">
            <code>{row.model}</code>
            <span>{plural(row.requests, 'call')}</span>
          </div>
          <Share of={row.requests / most} />
          <div className="line text-small text-ink-3">
            <span>
              p95 {row.p95Ms === null ? '—' : `${count(row.p95Ms)} ms`} · failed {percent(failedShare(row))} %
            </span>
            <Ago at={row.lastUsedAt} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Of the row that was called most. */
function Share({ of }: { of: number }) {
  return (
    <div className="h-1.5">
      <span className="sr-only">{percent(of, 0)} % of the largest</span>
      <div className="bg-series-1 h-full" style={{ width: `${of * 100}%` }} />
    </div>
  );
}

function Milliseconds({ value }: { value: number }) {
  return (
    <>
      {count(value)} <span className="unit">ms</span>
    </>
  );
}
