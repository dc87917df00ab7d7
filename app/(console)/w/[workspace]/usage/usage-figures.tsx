import type { UsageTotals } from '#server/domain/usage/schema.ts';
import { money } from '../../../../_format/money.ts';
import { count, percent, plural } from '../../../../_format/number.ts';

export function UsageFigures({ totals }: { totals: UsageTotals }) {
  return (
    <dl className="figs mt-5">
      <div>
        <dt>Calls</dt>
        <dd className="v">{count(totals.requests)}</dd>
        <dd className="d">{plural(totals.units, 'unit')}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd className="v">{money(totals.priceMicroUsd)}</dd>
        <dd className="d">at the prices of each call’s time</dd>
      </div>
      <div>
        <dt>Failed calls</dt>
        <dd className="v">
          {totals.requests === 0 ? (
            <NotYet>no calls yet</NotYet>
          ) : (
            <>
              {percent(totals.failed / totals.requests)} <small className="unit">%</small>
            </>
          )}
        </dd>
        <dd className="d">{plural(totals.failed, 'call')}. Our failures are not charged</dd>
      </div>
      <div>
        <dt>Time to answer, p95</dt>
        <dd className="v">
          {totals.p95Ms === null ? (
            <NotYet>not measured yet</NotYet>
          ) : (
            <>
              {count(totals.p95Ms)} <small className="unit">ms</small>
            </>
          )}
        </dd>
        <dd className="d">in our servers, without the network</dd>
      </div>
    </dl>
  );
}

/** In the place of a figure, and smaller than one. */
function NotYet({ children }: { children: string }) {
  return <span className="text-body text-ink-3 font-normal tracking-normal">{children}</span>;
}
