import type { ReactNode } from 'react';
import { EdgeTicks } from './rule.tsx';

export type SlipLine = readonly [name: ReactNode, value: ReactNode];

interface SlipProps {
  readonly title?: string;
  /** Tells it from other slips of the page; its title otherwise. */
  readonly label?: string;
  readonly reference?: ReactNode;
  readonly lines: readonly SlipLine[];
  /** The last line, in bold. */
  readonly sum?: SlipLine;
  readonly footer?: ReactNode;
}

/** A receipt: for a call, a job, an erasure, an invoice. At most 12 lines. */
export function Slip({ title = 'Slip', label = title, reference, lines, sum, footer }: SlipProps) {
  return (
    <section className="slip" aria-label={label}>
      <EdgeTicks />
      <header>
        <span>{title}</span>
        <span>{reference}</span>
      </header>
      <dl>
        {lines.map(([name, value], index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {sum && (
          <div className="sum">
            <dt>{sum[0]}</dt>
            <dd>{sum[1]}</dd>
          </div>
        )}
      </dl>
      {footer && <footer>{footer}</footer>}
    </section>
  );
}

interface LedgerProps {
  readonly lines: readonly SlipLine[];
  readonly sum?: SlipLine;
  readonly className?: string;
}

/** Names and values with dotted leaders, without the paper. */
export function Ledger({ lines, sum, className = '' }: LedgerProps) {
  return (
    <dl className={`ledger ${className}`}>
      {lines.map(([name, value], index) => (
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {sum && (
        <div className="tot">
          <dt>{sum[0]}</dt>
          <dd>{sum[1]}</dd>
        </div>
      )}
    </dl>
  );
}
