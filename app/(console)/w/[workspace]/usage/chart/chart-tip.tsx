import { Ledger } from '../../../../../_components/slip.tsx';
import { money } from '../../../../../_format/money.ts';
import { count } from '../../../../../_format/number.ts';
import type { ChartBucket, ChartSeries } from './series.ts';

interface ChartTipProps {
  readonly bucket: ChartBucket;
  readonly series: ChartSeries;
  readonly title: string;
  /** Of the cursor, 0 to 1: the tip stands on the roomier side. */
  readonly position: number;
}

export function ChartTip({ bucket, series, title, position }: ChartTipProps) {
  const percent = position * 100;
  const side =
    position < 0.5
      ? { left: `${percent}%`, marginLeft: 14 }
      : { right: `${100 - percent}%`, marginRight: 14 };
  return (
    <div className="tip" style={{ top: 10, ...side }} aria-hidden="true">
      <b>{title}</b>
      <Ledger
        lines={[
          ...series.names.map(
            (name, index) => [<code key={name}>{name}</code>, count(bucket.counts[index] ?? 0)] as const,
          ),
          ['Cost', money(bucket.priceMicroUsd)],
          ['Calls', <b key="calls">{count(bucket.total)}</b>],
        ]}
      />
    </div>
  );
}
