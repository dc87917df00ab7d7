'use client';
import Link from 'next/link';
import { Note } from './_components/note.tsx';

interface ErrorPageProps {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}

/** Our fault: said so, with the number that finds it in the log. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <main className="sheet mx-auto">
      <h1 className="text-title font-strong mb-3">This page failed</h1>
      <Note kind="bad">
        It is our fault. Nothing was changed and nothing was charged.
        {error.digest && (
          <>
            {' '}
            Quote <code>{error.digest}</code> to support.
          </>
        )}
      </Note>
      <p className="mt-4 flex gap-2">
        <button type="button" className="btn primary" onClick={reset}>
          Try again
        </button>
        <Link className="btn edged" href="/">
          Front page
        </Link>
      </p>
    </main>
  );
}
