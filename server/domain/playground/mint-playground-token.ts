import {
  type ConsoleTokenDependencies,
  type ConsoleTokenRequest,
  mintConsoleToken,
} from '../api-keys/mint-console-token.ts';
import type { ShortLivedKey } from '../api-keys/schema.ts';

export async function mintPlaygroundToken(
  dependencies: ConsoleTokenDependencies,
  { workspace, userId }: Pick<ConsoleTokenRequest, 'workspace' | 'userId'>,
): Promise<ShortLivedKey> {
  // A call's receipt is shown beside its answer.
  const scopes = ['sentiment', 'images', 'text', 'usage:read'] as const;
  return mintConsoleToken(dependencies, { workspace, userId, name: 'Playground', scopes });
}
