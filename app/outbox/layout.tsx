import Link from 'next/link';
import type { ReactNode } from 'react';
import { Wordmark } from '../_components/mark.tsx';
import { Note } from '../_components/note.tsx';

export default function OutboxLayout({ children }: { children: ReactNode }) {
  return (
    <div className="land">
      <header className="nav">
        <Link className="wordmark" href="/">
          <Wordmark />
        </Link>
        <span className="end">
          <Link className="btn" href="/sign-in">
            Sign in
          </Link>
        </span>
      </header>
      <main id="content" className="border-line-2 max-w-3xl border-t pb-16 pt-6">
        <Note kind="warn">
          <b>Local outbox.</b> No mail server is set up, so mail stays here, readable by everyone who can open
          this page. With <code>SMTP_URL</code> set it is sent, and this page is gone.
        </Note>
        {children}
      </main>
    </div>
  );
}
