import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { hasLocalOutbox, isSignedIn } from '../../_trpc/server.ts';
import { SignUpForm } from './sign-up-form.tsx';

export const metadata: Metadata = { title: 'Get a key' };

export default async function SignUpPage() {
  if (await isSignedIn()) redirect('/w');
  return <SignUpForm hasLocalOutbox={await hasLocalOutbox()} />;
}
