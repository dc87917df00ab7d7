import type { Server } from 'node:http';
import type { Logger } from '#server/domain/logger.ts';

/** Closed in the order of the list, each to its end. */
export interface Closable {
  readonly name: string;
  close(): Promise<void>;
}

/** Stops taking requests and resolves when those in flight are answered. Idle connections are closed at once. */
export function closeServer(server: Server): Closable {
  return {
    name: 'server',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        const sweep = setInterval(() => server.closeIdleConnections(), 50);
        server.once('close', () => clearInterval(sweep));
      }),
  };
}

export async function drain(
  closables: readonly Closable[],
  { logger, timeoutMs }: { logger: Logger; timeoutMs: number },
) {
  const tooLong = setTimeout(() => {
    logger.error({ timeoutMs }, 'Draining took too long; ending with work undone.');
    process.exit(1);
  }, timeoutMs);
  for (const closable of closables) {
    await closable
      .close()
      .catch((error: unknown) => logger.error({ err: error, closing: closable.name }, 'Closing failed.'));
  }
  clearTimeout(tooLong);
}
