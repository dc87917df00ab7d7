import type { Metadata } from 'next';
import { ResetForm } from './reset-form.tsx';

export const metadata: Metadata = { title: 'Set a new password', referrer: 'no-referrer' };

export default function ResetPage() {
  return <ResetForm />;
}
