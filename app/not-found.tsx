import type { Metadata } from 'next';
import Link from 'next/link';
import { Wordmark } from './_components/mark.tsx';
import { EdgeTicks } from './_components/rule.tsx';

export const metadata: Metadata = { title: 'Not here' };

export default function NotFound() {
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
          <div className="in">
            <h1>Not here</h1>
            <p className="text-ink-2 mt-2">
              There is no such page, or it belongs to a workspace that you are not a member of.
            </p>
            <p className="mt-5 flex gap-2">
              <Link className="btn primary" href="/">
                Front page
              </Link>
              <Link className="btn edged" href="/w">
                Console
              </Link>
            </p>
          </div>
        </div>
      </main>
    </div>
  );
}
