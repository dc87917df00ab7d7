'use client';
import type { ReactNode } from 'react';
import { useIsThere } from './use-is-there.ts';

interface SubmitButtonProps {
  /** Something is under way, or is done, or there is nothing to send. */
  readonly disabled: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Of a form that stands on a page. Before React is there the browser itself would send it, and come back with it empty. */
export function SubmitButton({ disabled, className = 'btn primary big', children }: SubmitButtonProps) {
  const isThere = useIsThere();
  return (
    <button type="submit" className={className} disabled={!isThere || disabled}>
      {children}
    </button>
  );
}
