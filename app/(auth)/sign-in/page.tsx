import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { isSignedIn } from '../../_trpc/server.ts';
import { safeDestination } from '../safe-destination.ts';
import { SignInForm } from './sign-in-form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  readonly searchParams: Promise<{ next?: string | string[]; reset?: string }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next, reset } = await searchParams;
  const destination = safeDestination(Array.isArray(next) ? next[0] : next);
  if (await isSignedIn()) redirect(destination);
  return <SignInForm destination={destination} passwordWasReset={reset !== undefined} />;
}
