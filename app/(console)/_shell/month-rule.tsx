'use client';
import { useQuery } from '@tanstack/react-query';
import { Rule } from '../../_components/rule.tsx';
import { money } from '../../_format/money.ts';
import { count, percent, short } from '../../_format/number.ts';
import { monthName } from '../../_format/time.ts';
import { useRpc } from '../../_trpc/client.ts';

const refreshMs = 15_000;

/** What the month has used of its quota; hatched: held by calls under way. */
export function MonthRule({ workspaceId }: { workspaceId: string }) {
  const rpc = useRpc();
  const { data } = useQuery(rpc.usage.month.queryOptions({ workspaceId }, { refetchInterval: refreshMs }));
  if (!data) return <section className="month" aria-label="This month" />;
  const share = data.spentUnits / data.quotaUnits;
  const heldShare = (data.spentUnits + data.heldUnits) / data.quotaUnits;
  return (
    <section className="month" aria-label="This month">
      <div className="row">
        <span className="text-ink-2">{monthName(data.periodStart)}</span>
        <span
          title={`${count(data.spentUnits)} of ${count(data.quotaUnits)} units, ${money(data.spentMicroUsd)}`}
        >
          <b>{short(data.spentUnits)}</b>{' '}
          <span className="text-ink-3">of {short(data.quotaUnits)} units</span>
        </span>
      </div>
      <Rule
        label={`${percent(share, 1)} % of the month's units used`}
        value={share * 100}
        held={data.heldUnits > 0 ? heldShare * 100 : undefined}
      />
    </section>
  );
}
