'use client';
import { useContext } from 'react';
import { Note } from '../_components/note.tsx';
import type { CallRefusal } from './ask-api.ts';
import { CallsContext } from './calls-context.ts';

/** At its place, with what to do; one that ends by itself says so. */
export function CallRefusalNote({ refusal }: { refusal: CallRefusal | null }) {
  // Outside of it somebody asks with a key of their own, and asks again as well.
  const comesBack = useContext(CallsContext)?.comesBack ?? false;
  if (!refusal) return null;
  const { message, requestId, retryAfterMs } = refusal;
  const seconds = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1_000);
  return (
    <div className="mb-4">
      <Note kind={seconds === null ? 'bad' : 'warn'}>
        {message}
        {seconds !== null &&
          (comesBack ? ' This page asks again by itself.' : ` Run it again in ${seconds} s.`)}
        {requestId && <code className="text-ink-2 ml-2">{requestId.slice(0, 16)}…</code>}
      </Note>
    </div>
  );
}
