'use client';
import { Calliper } from '../_components/calliper.tsx';
import { Rule } from '../_components/rule.tsx';
import { fixed } from '../_format/number.ts';
import type { ImageReading } from './ask-images.ts';

const usualRows = 5;

interface ImageReadingsProps {
  readonly reading: ImageReading | null;
  /** Left out: those of an answer that asks for no number of labels. */
  readonly rows?: number;
}

/** A rule for each of the most probable labels; the first carries its measured interval. */
export function ImageReadings({ reading, rows = usualRows }: ImageReadingsProps) {
  return (
    <dl className="scores long">
      {Array.from({ length: rows }, (_, row) => {
        const found = reading?.scores[row];
        const interval = row === 0 ? reading?.interval : undefined;
        return (
          <div key={row}>
            <dt className={row === 0 ? 'font-medium' : undefined}>{found?.label ?? '—'}</dt>
            <dd>
              <Rule
                label={null}
                value={(found?.score ?? 0) * 100}
                interval={interval ? [interval[0] * 100, interval[1] * 100] : undefined}
              />
            </dd>
            <dd className="num">{found ? <b>{fixed(found.score, 3)}</b> : <span>—</span>}</dd>
            <dd className="num ci">
              {interval && <Interval low={interval[0]} high={interval[1]} />}
              {interval === null && <span className="text-ink-3">not measured</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Interval({ low, high }: { low: number; high: number }) {
  return (
    <>
      <Calliper>
        <b>How sure, measured</b>
        <p className="mt-1">
          Among answers this confident, on pictures kept out of training, {fixed(low, 2)} to {fixed(high, 2)}{' '}
          were right: a 90 % interval.
        </p>
      </Calliper>
      {fixed(low, 2)}–{fixed(high, 2)}
    </>
  );
}
