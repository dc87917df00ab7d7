import { Calliper } from '../_components/calliper.tsx';
import { Rule } from '../_components/rule.tsx';
import { Ledger } from '../_components/slip.tsx';
import { count, fixed } from '../_format/number.ts';
import type { MeasuredFigure } from './measured-figures.ts';

/** The scale of the whiskers. */
const scale = { from: 0.5, to: 1 } as const;
const onScale = (share: number) => ((share - scale.from) / (scale.to - scale.from)) * 100;

export function MeasuredTable({ figures }: { figures: readonly MeasuredFigure[] }) {
  if (figures.length === 0)
    return <p className="border-line-2 text-ink-3 border-y py-4">Not measured yet.</p>;
  return (
    <table className="table measured">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Measured on</th>
          <th scope="col" className="w max-md:hidden">
            50 – 100 %, with 95 % interval
          </th>
          <th scope="col" className="num">
            Result
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={`${figure.model} ${figure.on} ${figure.metric}`}>
            <th scope="row">
              {figure.isBaseline ? (
                <span className="text-ink-2 font-normal">{figure.model}</span>
              ) : (
                <code>{figure.model}</code>
              )}
            </th>
            <td>
              {figure.on}, {figure.metric}
            </td>
            <td className="w max-md:hidden">
              <Rule
                label={null}
                kind="whisker"
                value={onScale(figure.value)}
                interval={
                  figure.interval ? [onScale(figure.interval[0]), onScale(figure.interval[1])] : undefined
                }
              />
            </td>
            <td className="num">
              <b className={figure.isBaseline ? 'font-normal' : undefined}>{fixed(figure.value * 100, 1)}</b>
              {figure.interval && (
                <>
                  <Calliper>
                    <Ledger
                      lines={[
                        ['Data', figure.on],
                        ['Rows', figure.rows === null ? 'not stated' : count(figure.rows)],
                        ['Interval', figure.method],
                        ['Again', <code key="command">{figure.command}</code>],
                      ]}
                    />
                  </Calliper>
                  <span className="ci">
                    {fixed(figure.interval[0] * 100, 1)}–{fixed(figure.interval[1] * 100, 1)}
                  </span>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
