'use client';
import type { ReactNode } from 'react';
import { refusalOf } from '../_trpc/rpc-error.ts';
import { Note } from './note.tsx';

/** A refusal or a failure of a call, in its own words, with the number to quote. */
export function RefusalNote({ error, children }: { error: unknown; children?: ReactNode }) {
  const { message, requestId, retryAfterMs } = refusalOf(error);
  return (
    <Note kind="bad">
      {message}
      {retryAfterMs !== undefined && ` Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`}
      {requestId && <code className="text-ink-2 ml-2">{requestId}</code>}
      {children}
    </Note>
  );
}
