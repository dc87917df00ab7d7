'use client';
import { type ReactNode, useState } from 'react';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { type Calls, CallsContext } from '../../../../_calls/calls-context.ts';
import { isLasting } from '../../../../_calls/is-lasting.ts';
import { useRpcClient } from '../../../../_trpc/client.ts';

interface PlaygroundCallsProps {
  readonly workspaceId: string;
  readonly children: ReactNode;
}

/** Calls of the member who is here. The key lives in this page's memory, and in no store of the browser's. */
export function PlaygroundCalls({ workspaceId, children }: PlaygroundCallsProps) {
  const rpc = useRpcClient();
  const [calls] = useState<Calls>(() => {
    let kept: ShortLivedKey | null = null;
    return {
      // What costs the workspace runs when somebody says so.
      comesBack: false,
      async takeKey(signal) {
        if (!kept || !isLasting(kept)) kept = await rpc.playground.token.mutate({ workspaceId }, { signal });
        return kept;
      },
      dropKey() {
        kept = null;
      },
    };
  });
  return <CallsContext value={calls}>{children}</CallsContext>;
}
