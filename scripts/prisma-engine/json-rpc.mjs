import { createInterface } from 'node:readline';

/** The engine's one method that is called otherwise than the request. */
const methodNames = { getDatabaseVersion: 'version' };

/** A request a line in, an answer a line out, one after the other, until Prisma closes the stream. */
export async function serveRequests(createEngine) {
  let engine;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = line.trim() === '' ? undefined : JSON.parse(line);
    if (!request?.method) continue;
    try {
      engine ??= await createEngine();
      const result = await engine[methodNames[request.method] ?? request.method](request.params);
      // `migrate diff` prints what the engine found by a message of its own.
      if (request.method === 'diff' && result?.stdout != null) {
        send({ jsonrpc: '2.0', method: 'print', params: { content: result.stdout }, id: 0 });
      }
      send({ jsonrpc: '2.0', id: request.id, result: result ?? null });
    } catch (error) {
      const data = {
        is_panic: false,
        message: error.message,
        meta: error.meta ?? {},
        error_code: error.code ?? null,
      };
      send({ jsonrpc: '2.0', id: request.id, error: { code: 4466, message: 'See the data field.', data } });
    }
  }
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
