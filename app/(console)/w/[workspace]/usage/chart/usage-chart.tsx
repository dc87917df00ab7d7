'use client';
import { type CSSProperties, type PointerEvent, useState } from 'react';
import type { UsageOverview } from '#server/domain/usage/schema.ts';
import { plural, short } from '../../../../../_format/number.ts';
import { hourTime, namedDay, shortDay } from '../../../../../_format/time.ts';
import { ChartTable } from './chart-table.tsx';
import { ChartTip } from './chart-tip.tsx';
import { axisOf, type ChartSeries } from './series.ts';

interface UsageChartProps {
  readonly overview: UsageOverview;
  readonly series: ChartSeries;
  readonly asTable: boolean;
  /** Shown, but not of this moment or this selection. */
  readonly stale: boolean;
}

/** How many labels the axis has room for. */
const labelsMax = 7;
const barShare = 0.76;

export function UsageChart({ overview, series, asTable, stale }: UsageChartProps) {
  const [cursor, setCursor] = useState<number | null>(null);
  const { buckets } = series;
  const nameOf = (at: Date) =>
    overview.bucket === 'hour'
      ? `${shortDay(at)}, ${hourTime(at)}–${hourTime(new Date(at.getTime() + 3_600_000))}`
      : namedDay(at);
  if (asTable) return <ChartTable series={series} nameOf={nameOf} bucket={overview.bucket} />;

  const axis = axisOf(Math.max(...buckets.map((bucket) => bucket.total)));
  const every = Math.ceil(buckets.length / labelsMax);
  const last = buckets.length - 1;
  const current = cursor === null ? undefined : buckets[cursor];

  function onPointer(event: PointerEvent<HTMLDivElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    setCursor(Math.min(last, Math.max(0, at)));
  }

  return (
    <div className="chart" style={{ '--n': buckets.length } as CSSProperties}>
      <div className="y" aria-hidden="true">
        {axis.marks.map((mark) => (
          <span key={mark} style={{ bottom: `${(mark / axis.top) * 100}%` }}>
            {short(mark)}
          </span>
        ))}
      </div>
      <div
        className={stale ? 'plot stale' : 'plot'}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={(event) => event.pointerType === 'mouse' && setCursor(null)}
      >
        <input
          className="sr-only"
          type="range"
          min={0}
          max={last}
          value={cursor ?? last}
          aria-label={overview.bucket === 'hour' ? 'Calls by hour' : 'Calls by day'}
          aria-valuetext={describe(buckets[cursor ?? last], nameOf)}
          onChange={(event) => setCursor(Number(event.target.value))}
          onFocus={() => setCursor(last)}
          onBlur={() => setCursor(null)}
        />
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {axis.marks.slice(1).map((mark) => {
            const y = 100 - (mark / axis.top) * 100;
            return (
              <line
                key={mark}
                className="g"
                x1="0"
                x2="100"
                y1={y}
                y2={y}
                vectorEffect="non-scaling-stroke"
              />
            );
          })}
          {buckets.map((bucket, index) => (
            <Bar
              key={bucket.at.getTime()}
              bucket={bucket}
              index={index}
              of={buckets.length}
              top={axis.top}
              colors={series.colors}
            />
          ))}
        </svg>
        {current && cursor !== null && (
          <>
            <i className="now" style={{ left: `${((cursor + 0.5) / buckets.length) * 100}%` }} />
            <ChartTip
              bucket={current}
              series={series}
              title={nameOf(current.at)}
              position={(cursor + 0.5) / buckets.length}
            />
          </>
        )}
      </div>
      <div className="x" aria-hidden="true">
        {buckets.map(
          (bucket, index) =>
            index % every === 0 && (
              <span key={bucket.at.getTime()} style={{ left: `${((index + 0.5) / buckets.length) * 100}%` }}>
                {overview.bucket === 'hour' ? hourTime(bucket.at) : shortDay(bucket.at)}
              </span>
            ),
        )}
      </div>
    </div>
  );
}

interface BarProps {
  readonly bucket: ChartSeries['buckets'][number];
  readonly index: number;
  readonly of: number;
  readonly top: number;
  readonly colors: readonly string[];
}

function Bar({ bucket, index, of, top, colors }: BarProps) {
  const width = 100 / of;
  let under = 0;
  return bucket.counts.map((value, series) => {
    const height = (value / top) * 100;
    under += height;
    if (value === 0) return null;
    return (
      <rect
        key={colors[series]}
        x={index * width + (width * (1 - barShare)) / 2}
        width={width * barShare}
        y={100 - under}
        height={height}
        fill={colors[series]}
        stroke="var(--paper)"
        strokeWidth={series > 0 ? 1 : 0}
        vectorEffect="non-scaling-stroke"
      />
    );
  });
}

function describe(bucket: ChartSeries['buckets'][number] | undefined, nameOf: (at: Date) => string): string {
  return bucket ? `${nameOf(bucket.at)}: ${plural(bucket.total, 'call')}` : '';
}
