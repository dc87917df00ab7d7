'use client';
import { useEffect, useState } from 'react';
import { ago, exactTime } from '../_format/time.ts';

const tickMs = 10_000;

/** "2 min ago", and the exact time on demand. The server's and the browser's clocks may differ by a word. */
export function Ago({ at }: { at: Date }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), tickMs);
    return () => clearInterval(timer);
  }, [at]);
  return (
    <time dateTime={at.toISOString()} title={exactTime(at)} suppressHydrationWarning>
      {ago(at, now)}
    </time>
  );
}
