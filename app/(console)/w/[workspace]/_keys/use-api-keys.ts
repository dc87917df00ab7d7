'use client';
import { useQuery } from '@tanstack/react-query';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { useRpc } from '../../../../_trpc/client.ts';

const listeningMs = 1_500;

interface Options {
  readonly initial?: readonly ApiKeyItem[];
  /** Ask often: something is about to happen. */
  readonly listening?: boolean;
}

export function useApiKeys(workspaceId: string, { initial, listening = false }: Options = {}) {
  const rpc = useRpc();
  return useQuery(
    rpc.apiKey.list.queryOptions(
      { workspaceId },
      {
        ...(initial && { initialData: [...initial] }),
        refetchInterval: listening ? listeningMs : 10_000,
      },
    ),
  );
}
