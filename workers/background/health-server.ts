import { createServer, type Server } from 'node:http';

/** /healthz: the process turns. /readyz: it can reach what it needs, and is not draining. */
export async function startHealthServer({
  host,
  port,
  isReady,
}: {
  host: string;
  port: number;
  isReady: () => Promise<boolean>;
}): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/healthz') return response.writeHead(200).end('ok\n');
    if (path !== '/readyz') return response.writeHead(404).end();
    const ready = await isReady().catch(() => false);
    return response.writeHead(ready ? 200 : 503).end(ready ? 'ready\n' : 'not ready\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
