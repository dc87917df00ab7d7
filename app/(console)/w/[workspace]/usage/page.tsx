import type { Metadata } from 'next';
import { apiUrl } from '#server/api/addresses.ts';
import { usageOverviewSchema, usageRanges } from '#server/domain/usage/schema.ts';
import { caller, workspaceOf } from '../../../../_trpc/server.ts';
import { UsageScreen } from './usage-screen.tsx';

export const metadata: Metadata = { title: 'Usage' };

interface UsagePageProps {
  readonly params: Promise<{ workspace: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function UsagePage({ params, searchParams }: UsagePageProps) {
  const { workspace: slug } = await params;
  const workspace = await workspaceOf(slug, `/w/${slug}/usage`);
  const { range, key, model } = await searchParams;
  const asked = usageOverviewSchema.safeParse({ range: range ?? usageRanges[0], keyId: key, model });
  const selection = asked.success ? asked.data : { range: usageRanges[0] };
  const { usage } = await caller();
  const overview = await usage.overview({ workspaceId: workspace.id, ...selection });
  return (
    <UsageScreen workspace={workspace} initial={overview} initialSelection={selection} apiUrl={apiUrl()} />
  );
}
