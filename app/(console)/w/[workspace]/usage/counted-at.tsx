'use client';
import { useEffect, useState } from 'react';
import { clockTime } from '../../../../_format/time.ts';

/** The moment by the database's clock; its age by when the answer arrived, so that a wrong local clock does not matter. */
export function CountedAt({ at, receivedAt }: { at: Date; receivedAt: number }) {
  // While the last answer stands in for one that is still asked for, it is given no time: the one that it had holds.
  const [cameAt, setCameAt] = useState(receivedAt);
  if (receivedAt > 0 && receivedAt !== cameAt) setCameAt(receivedAt);
  const [now, setNow] = useState(receivedAt);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - cameAt) / 1_000));
  return (
    <p className="text-dense text-ink-2 mt-3.5" suppressHydrationWarning>
      Counted to {clockTime(at)} UTC, {seconds} s ago. Hours and days are UTC.
    </p>
  );
}
