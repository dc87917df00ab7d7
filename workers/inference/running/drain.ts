import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '#server/domain/logger.ts';
import { drainLimits } from '#server/domain/rate-limits/limits.ts';

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

/** Resolves when there is none. */
export async function untilNone(count: () => number): Promise<void> {
  while (count() > 0) await pause(20);
}

export interface DrainOptions {
  readonly logger: Logger;
  /** So long what is in flight goes on by itself. */
  readonly drainMs: number;
  /** Then it is to end where it is. */
  end(): void;
  /** What has not ended, or was not read, by `drainLimits.lastEventsMs` after that is cut off. */
  cut(): void;
}

export async function drain(closables: readonly Closable[], { logger, drainMs, end, cut }: DrainOptions) {
  const { lastEventsMs, closeMs } = drainLimits;
  const timers = [
    setTimeout(() => {
      logger.warn({ drainMs }, 'The time to drain is over; what is in flight ends where it is.');
      end();
    }, drainMs),
    setTimeout(cut, drainMs + lastEventsMs),
    setTimeout(
      () => {
        logger.error({ drainMs }, 'Draining took too long; ending with work undone.');
        process.exit(1);
      },
      drainMs + lastEventsMs + closeMs,
    ),
  ];
  for (const closable of closables) {
    await closable
      .close()
      .catch((error: unknown) => logger.error({ err: error, closing: closable.name }, 'Closing failed.'));
  }
  for (const timer of timers) clearTimeout(timer);
}
