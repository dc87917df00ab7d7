'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type UsageOverview, type UsageRange, usageRanges } from '#server/domain/usage/schema.ts';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { useRpc } from '../../../../_trpc/client.ts';

/** A call shows within two seconds of its answer. Nothing is asked while the page is hidden. */
const refreshMs = 1_500;

export interface UsageSelection {
  readonly range: UsageRange;
  readonly keyId?: string | undefined;
  readonly model?: string | undefined;
}

/** The selection lives in the address. */
export function useUsageSelection() {
  const [range, setRange] = useUrlParam('range');
  const [keyId, setKeyId] = useUrlParam('key');
  const [model, setModel] = useUrlParam('model');
  const selection: UsageSelection = {
    range: usageRanges.find((known) => known === range) ?? usageRanges[0],
    ...(keyId && { keyId }),
    ...(model && { model }),
  };
  return { selection, setRange, setKeyId, setModel };
}

interface UseUsageProps {
  readonly workspaceId: string;
  readonly selection: UsageSelection;
  readonly initial?: UsageOverview | undefined;
}

export function useUsage({ workspaceId, selection, initial }: UseUsageProps) {
  const rpc = useRpc();
  return useQuery(
    rpc.usage.overview.queryOptions(
      { workspaceId, ...selection },
      {
        ...(initial && { initialData: initial }),
        refetchInterval: refreshMs,
        placeholderData: keepPreviousData,
      },
    ),
  );
}
