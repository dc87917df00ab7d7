'use client';
import { signOut } from 'next-auth/react';

/** A whole page load: nothing of the session stays in the browser's memory. */
export async function leave(): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign('/');
}
