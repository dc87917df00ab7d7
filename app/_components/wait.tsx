import type { ReactNode } from 'react';

export function Wait({ children }: { children: ReactNode }) {
  return (
    <p className="wait" role="status">
      <i aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
