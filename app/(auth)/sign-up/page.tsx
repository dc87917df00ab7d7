import type { Metadata } from 'next';
import { hasLocalOutbox } from '../../_trpc/server.ts';
import { SignUpForm } from './sign-up-form.tsx';

export const metadata: Metadata = { title: 'Get a key' };

export default async function SignUpPage() {
  return <SignUpForm hasLocalOutbox={await hasLocalOutbox()} />;
}
