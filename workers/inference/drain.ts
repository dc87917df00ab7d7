import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '#server/domain/logger.ts';

/** Closed in the order of the list, each to its end. */
export interface Closable {
  readonly name: string;
  close(): Promise<void>;
}

/**
 * Stops taking requests and resolves when those in flight are answered. Idle connections are closed at once, and so are
 * those on which nothing has come yet, which Node takes for busy until its time limit for headers. To be called when the
 * server starts: it has to see the connections come.
 */
export function closeServer(server: Server): Closable {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const closeUnused = () => {
    server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  };
  return {
    name: 'server',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        closeUnused();
        const sweep = setInterval(closeUnused, 50);
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
