'use client';
import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';

/** Stands between a value and its interval, and says on demand how it was measured. */
export function Calliper({ children, estimated = false }: { children: ReactNode; estimated?: boolean }) {
  return (
    <Popover.Root>
      <Popover.Trigger
        className={estimated ? 'calliper guess' : 'calliper'}
        aria-label={estimated ? 'Estimated: how' : 'Measured: how'}
      />
      <Popover.Portal>
        <Popover.Content
          className="evidence"
          sideOffset={8}
          collisionPadding={16}
          aria-label={estimated ? 'How it was estimated' : 'How it was measured'}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
