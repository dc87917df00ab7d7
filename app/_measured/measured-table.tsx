import { Calliper } from '../_components/calliper.tsx';
import { Rule } from '../_components/rule.tsx';
import { Ledger } from '../_components/slip.tsx';
import { count, fixed, signed } from '../_format/number.ts';
import { evaluateCommand, type MeasuredFigure } from './measured-figures.ts';

/** The scale of the whiskers, in shares. */
const scale = { from: 0.4, to: 1, steps: 6 } as const;
const onScale = (share: number) => ((share - scale.from) / (scale.to - scale.from)) * 100;
const shown = (share: number) => fixed(share * 100, 1);

export function MeasuredTable({ figures }: { figures: readonly MeasuredFigure[] }) {
  if (figures.length === 0)
    return <p className="border-line-2 text-ink-3 border-y py-4">Not measured yet.</p>;
  return (
    <table className="table measured">
      <thead>
        <tr>
          <th scope="col" className="max-md:hidden">
            Model
          </th>
          <th scope="col">Measured on</th>
          <th scope="col" className="w max-md:hidden">
            40 – 100 %, with 95 % interval
          </th>
          <th scope="col" className="num">
            Result
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={`${figure.on} ${figure.metric}`}>
            <td className="max-md:hidden">
              <code>{figure.model}</code>
            </td>
            <th scope="row">
              {figure.on}, {figure.metric}
            </th>
            <td className="w max-md:hidden">
              <Rule
                label={null}
                kind="whisker"
                value={onScale(figure.value)}
                interval={[onScale(figure.low), onScale(figure.high)]}
                threshold={onScale(figure.baseline.value)}
                graduations={scale.steps}
              />
            </td>
            <td className="num">
              <b>{shown(figure.value)}</b>
              <Calliper>
                <Evidence figure={figure} />
              </Calliper>
              <span className="ci">
                {shown(figure.low)}–{shown(figure.high)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Evidence({ figure }: { figure: MeasuredFigure }) {
  const { on, rows, baseline, difference } = figure;
  return (
    <Ledger
      lines={[
        ['Data', on],
        ['Rows', count(rows)],
        ['Method', 'bootstrap, 95 %'],
        ['Bag of words', shown(baseline.value)],
        [
          'Ahead by',
          `${signed(difference.value * 100, 1)} (${signed(difference.low * 100, 1)} to ${signed(difference.high * 100, 1)})`,
        ],
        ['Again', <code key="command">{evaluateCommand}</code>],
      ]}
    />
  );
}
