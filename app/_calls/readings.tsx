'use client';
import { Calliper } from '../_components/calliper.tsx';
import { Rule } from '../_components/rule.tsx';
import { fixed } from '../_format/number.ts';
import { labels, type Reading } from './sentiment-answer.ts';

const names = { positive: 'Positive', neutral: 'Neutral', negative: 'Negative' } as const;

/** A rule for each answer that is possible; the one that was given carries its measured interval. */
export function Readings({ reading }: { reading: Reading | null }) {
  return (
    <dl className="scores">
      {labels.map((label) => {
        const score = reading?.scores[label];
        const given = reading?.label === label;
        const [low, high] = reading?.interval ?? [0, 0];
        return (
          <div key={label}>
            <dt className={given ? 'font-medium' : undefined}>{names[label]}</dt>
            <dd>
              <Rule
                label={null}
                value={(score ?? 0) * 100}
                color={`var(--${label})`}
                interval={given ? [low * 100, Math.max(low, high) * 100] : undefined}
              />
            </dd>
            <dd className="num">
              {score === undefined ? <span className="text-ink-3">—</span> : <b>{fixed(score, 3)}</b>}
            </dd>
            <dd className="num ci">
              {given && (
                <>
                  <Calliper>
                    <b>How sure, measured</b>
                    <p className="mt-1">
                      Among answers this confident, on rows kept out of training, {fixed(low, 2)} to{' '}
                      {fixed(high, 2)} were right: a 90 % interval.
                    </p>
                  </Calliper>
                  {fixed(low, 2)}–{fixed(high, 2)}
                </>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
