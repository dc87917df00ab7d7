import type { ReactNode } from 'react';

export function Wait({ children }: { children: ReactNode }) {
  return (
    <output className="wait">
      <i aria-hidden="true" />
      <span>{children}</span>
    </output>
  );
}
