import type { Metadata } from 'next';
import { hasLocalOutbox } from '../../_trpc/server.ts';
import { ForgotForm } from './forgot-form.tsx';

export const metadata: Metadata = { title: 'Reset the password' };

export default async function ForgotPage() {
  return <ForgotForm hasLocalOutbox={await hasLocalOutbox()} />;
}
