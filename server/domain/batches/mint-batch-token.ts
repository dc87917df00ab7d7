import {
  type ConsoleTokenDependencies,
  type ConsoleTokenRequest,
  mintConsoleToken,
} from '../api-keys/mint-console-token.ts';
import type { ShortLivedKey } from '../api-keys/schema.ts';

/** What the console uploads a file and makes its batch with. */
export async function mintBatchToken(
  dependencies: ConsoleTokenDependencies,
  { workspace, userId }: Pick<ConsoleTokenRequest, 'workspace' | 'userId'>,
): Promise<ShortLivedKey> {
  // The lines run with the scopes of what made their batch.
  const scopes = ['batches', 'sentiment', 'images', 'embeddings', 'text'] as const;
  return mintConsoleToken(dependencies, { workspace, userId, name: 'Console', scopes });
}
