import type { Metadata } from 'next';
import { caller, signedIn } from '../../_trpc/server.ts';
import { AccountScreen } from './account-screen.tsx';

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage() {
  const [account] = await signedIn('/account');
  const { session } = await caller();
  return <AccountScreen account={account} initial={await session.list()} />;
}
