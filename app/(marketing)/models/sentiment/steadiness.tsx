import { Scroller } from '../../../_components/scroller.tsx';
import { count, fixed, percent } from '../../../_format/number.ts';
import type { SentimentMetrics } from '../../../_measured/measured-figures.ts';

/** What a reader would not mind, and whom a sentence is about: how much either moves the answer. */
export function Steadiness({ metrics: { robustness, fairness, negation } }: { metrics: SentimentMetrics }) {
  const rows = robustness[0]?.n ?? 0;
  return (
    <div className="grid max-w-2xl gap-8">
      <Scroller label="Robustness">
        <table className="table">
          <caption className="text-small text-ink-3 pb-2 text-left">
            Accuracy on {count(rows)} dev rows, changed in one way. Points lost, with 95 % interval.
          </caption>
          <thead>
            <tr>
              <th scope="col">Change</th>
              <th scope="col" className="num">
                Points lost
              </th>
            </tr>
          </thead>
          <tbody>
            {robustness.map(({ change, drop }) => (
              <tr key={change}>
                <th scope="row">{change}</th>
                <td className="num">
                  {points(drop.value)} <Interval {...drop} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <p className="text-prose">
        Of {negation.n} short sentences it gets {percent(negation.plain)} % right, and{' '}
        {percent(negation.negated)} % of the same sentences negated.
      </p>
      <Scroller label="Fairness">
        <table className="table">
          <caption className="text-small text-ink-3 pb-2 text-left">
            Sentences that differ only in whom they are about: how far apart the groups are that score highest
            and lowest, from −100 (negative) to 100 (positive).
          </caption>
          <thead>
            <tr>
              <th scope="col">Groups by</th>
              <th scope="col">Lowest, highest</th>
              <th scope="col" className="num">
                Gap
              </th>
            </tr>
          </thead>
          <tbody>
            {fairness.map(({ dimension, groups, gap, low, high }) => (
              <tr key={dimension}>
                <th scope="row">{dimension}</th>
                <td>{ends(groups)}</td>
                <td className="num">
                  {points(gap)} <Interval low={low} high={high} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </div>
  );
}

function Interval({ low, high }: { low: number; high: number }) {
  return (
    <span className="text-small text-ink-3">
      {points(low)} to {points(high)}
    </span>
  );
}

function points(share: number): string {
  return fixed(100 * share, 1);
}

function ends(groups: Readonly<Record<string, number>>): string {
  const ordered = Object.entries(groups).sort(([, a], [, b]) => a - b);
  return `${ordered[0]?.[0] ?? ''}, ${ordered.at(-1)?.[0] ?? ''}`;
}
