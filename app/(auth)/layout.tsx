import Link from 'next/link';
import type { ReactNode } from 'react';
import { Wordmark } from '../_components/mark.tsx';
import { EdgeTicks } from '../_components/rule.tsx';

export default function DoorLayout({ children }: { children: ReactNode }) {
  return (
    <div className="door">
      <header>
        <Link className="wordmark" href="/">
          <Wordmark />
        </Link>
      </header>
      <main>
        <div className="column">
          <EdgeTicks />
          <div className="in">{children}</div>
        </div>
      </main>
    </div>
  );
}
