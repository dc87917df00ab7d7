import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeliverDependencies } from '#server/domain/webhooks/deliver-webhook.ts';
import { createOutboundPost } from '#server/platform/outbound-fetch/outbound-post.ts';
import type { ControlPlane } from './control-plane.ts';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly port: number;
  readonly received: ReceivedWebhook[];
  /** How many connections came, whatever was said on them. */
  connections(): number;
  /** From now on; 204 to begin with. */
  answerWith(answer: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** A customer's server: on the loopback, and real. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  let connections = 0;
  let answer = (response: ServerResponse): void => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response);
    });
  });
  server.on('connection', () => void connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    connections: () => connections,
    answerWith: (next) => void (answer = next),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As the background process has them; `receiver` alone is let through the guard. */
export function webhookDependencies(
  { services }: ControlPlane,
  { receiver, random = () => 0.5 }: { readonly receiver?: WebhookReceiver; readonly random?: () => number },
): DeliverDependencies {
  const policy = receiver && {
    allowsAddress: (address: string) => address === '127.0.0.1',
    allowsPort: (port: number) => port === receiver.port,
  };
  return { ...services, random, post: createOutboundPost(policy ? { policy } : {}) };
}
