import { Scroller } from '../../../../../_components/scroller.tsx';
import { money } from '../../../../../_format/money.ts';
import { count } from '../../../../../_format/number.ts';
import type { ChartSeries } from './series.ts';

interface ChartTableProps {
  readonly series: ChartSeries;
  readonly bucket: 'hour' | 'day';
  readonly nameOf: (at: Date) => string;
}

/** The chart's figures, newest first. */
export function ChartTable({ series, bucket, nameOf }: ChartTableProps) {
  return (
    <Scroller className="max-h-80 overflow-y-auto" label="The chart as a table">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{bucket === 'hour' ? 'Hour, UTC' : 'Day, UTC'}</th>
            {series.names.map((name) => (
              <th key={name} scope="col" className="num">
                <code>{name}</code>
              </th>
            ))}
            <th scope="col" className="num">
              Calls
            </th>
            <th scope="col" className="num">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {series.buckets.toReversed().map((row) => (
            <tr key={row.at.getTime()}>
              <th scope="row">{nameOf(row.at)}</th>
              {series.names.map((name, index) => (
                <td key={name} className="num">
                  {count(row.counts[index] ?? 0)}
                </td>
              ))}
              <td className="num">{count(row.total)}</td>
              <td className="num">{money(row.priceMicroUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
