'use client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { AppRouter } from '#server/api/root.ts';

const context = createTRPCContext<AppRouter>();

export const RpcContextProvider = context.TRPCProvider;
/** Query and mutation options for every procedure: `useQuery(useRpc().apiKey.list.queryOptions(...))`. */
export const useRpc = context.useTRPC;
export const useRpcClient = context.useTRPCClient;
