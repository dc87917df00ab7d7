import type { CSSProperties, ReactNode } from 'react';

interface RuleProps {
  /** What the rule says, for those who can't see it. Null where a neighbour says it already. */
  readonly label: string | null;
  /** The reading, in per cent of the rule. */
  readonly value: number;
  /** The sure and the unsure part of the bar. */
  readonly interval?: readonly [number, number] | undefined;
  /** A dashed forecast, or a hatched part that is held, up to here. */
  readonly estimate?: number | undefined;
  readonly held?: number | undefined;
  /** A part that failed, after the reading and up to here. */
  readonly failed?: number | undefined;
  readonly threshold?: number | undefined;
  readonly graduations?: number;
  readonly color?: string;
  /** `bar`: an amount. `cursor`: a place that can move. `whisker`: an interval with its point. */
  readonly kind?: 'bar' | 'cursor' | 'whisker';
  readonly children?: ReactNode;
}

/** Baseline, graduations, reading: one component for confidence, budgets, limits, retention and progress. */
export function Rule(props: RuleProps) {
  const { kind = 'bar', interval } = props;
  const style = {
    '--v': clamp(props.value),
    ...(interval && { '--lo': clamp(interval[0]), '--hi': clamp(interval[1]) }),
    ...(props.threshold !== undefined && { '--t': clamp(props.threshold) }),
    ...((props.estimate ?? props.held) !== undefined && { '--e': clamp(props.estimate ?? props.held ?? 0) }),
    ...(props.failed !== undefined && { '--f': clamp(props.failed) }),
    ...(props.graduations && { '--n': props.graduations }),
    ...(props.color && { '--c': props.color }),
  } as CSSProperties;
  const kindClass = { bar: interval ? 'has-range' : '', cursor: '', whisker: 'free' }[kind];
  const naming = props.label === null ? { 'aria-hidden': true } : { role: 'img', 'aria-label': props.label };
  return (
    <div className={`rule ${kindClass}`} style={style} {...(props.children ? {} : naming)}>
      <i className="ends" />
      {kind === 'bar' && <i className="bar" />}
      {interval && <i className="range" />}
      {kind === 'bar' && interval && <i className="read" />}
      {kind === 'whisker' && <i className="pt" />}
      {kind === 'cursor' && <i className="cursor" />}
      {props.estimate !== undefined && <i className="est" />}
      {props.held !== undefined && <i className="held" />}
      {props.failed !== undefined && <i className="failed" />}
      {props.threshold !== undefined && <i className="stop" />}
      {props.children}
    </div>
  );
}

function clamp(percent: number): number {
  return Math.round(Math.min(100, Math.max(0, percent)) * 100) / 100;
}

export function EdgeTicks() {
  return <div className="edge-ticks" aria-hidden="true" />;
}
