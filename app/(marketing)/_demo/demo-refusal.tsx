import { Note } from '../../_components/note.tsx';
import type { DemoRefusal } from './ask-api.ts';

/** At its place, with what to do; one that ends by itself says so. */
export function DemoRefusalNote({ refusal }: { refusal: DemoRefusal | null }) {
  if (!refusal) return null;
  return (
    <div className="mb-4">
      <Note kind={refusal.retryAfterMs === null ? 'bad' : 'warn'}>
        {refusal.message}
        {refusal.retryAfterMs !== null && ' This page asks again by itself.'}
        {refusal.requestId && <code className="text-ink-2 ml-2">{refusal.requestId.slice(0, 16)}…</code>}
      </Note>
    </div>
  );
}
