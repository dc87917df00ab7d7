'use client';
import { Scroller } from '../../../../_components/scroller.tsx';
import { exactMoney } from '../../../../_format/money.ts';
import { count, fixed } from '../../../../_format/number.ts';
import { clockTime } from '../../../../_format/time.ts';
import type { Run } from './use-runs.ts';

export function RunList({ runs }: { runs: readonly Run[] }) {
  if (runs.length === 0) return null;
  return (
    <>
      <div className="sec">
        <h2>Runs in this tab</h2>
        <span className="end text-ink-3">Gone when you close it</span>
      </div>
      <Scroller label="Runs in this tab">
        <table className="table runs">
          <thead>
            <tr>
              <th scope="col">Input</th>
              <th scope="col">Answer</th>
              <th scope="col" className="num">
                Score
              </th>
              <th scope="col" className="num">
                Units
              </th>
              <th scope="col" className="num">
                Charged
              </th>
              <th scope="col" className="num">
                Time, UTC
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <th scope="row">{run.input}</th>
                <td>{run.answer}</td>
                <td className="num">{run.score === null ? '—' : fixed(run.score, 3)}</td>
                <td className="num">{count(run.units)}</td>
                <td className="num">{exactMoney(run.priceMicroUsd)}</td>
                <td className="num">{clockTime(run.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  );
}
