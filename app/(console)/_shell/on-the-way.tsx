'use client';
import { useLinkStatus } from 'next/link';

/** Inside a link: the place's cursor, pale, while its page has not come yet. Unseen where it comes at once. */
export function OnTheWay() {
  const { pending } = useLinkStatus();
  return pending ? <span className="on-the-way" aria-hidden="true" /> : null;
}
