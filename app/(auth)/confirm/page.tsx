import type { Metadata } from 'next';
import { ConfirmAddress } from './confirm-address.tsx';

export const metadata: Metadata = { title: 'Confirm the address', referrer: 'no-referrer' };

export default function ConfirmPage() {
  return <ConfirmAddress />;
}
