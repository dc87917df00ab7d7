'use client';
import type { ReactNode } from 'react';
import { Rule } from '../../../../../_components/rule.tsx';

interface ShareBarProps {
  readonly label: string;
  /** From 0 to 1. */
  readonly share: number;
  readonly children: ReactNode;
}

export function ShareBar({ label, share, children }: ShareBarProps) {
  const percent = Math.round(share * 100);
  return (
    <div>
      <progress className="sr-only" aria-label={label} value={percent} max={100} />
      <Rule label={null} value={percent} />
      <p className="text-small text-ink-2">{children}</p>
    </div>
  );
}
