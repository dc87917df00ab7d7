import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { closeServer, drain } from './drain.ts';

it('answers what is in flight, and waits for no connection on which nothing came', async () => {
  let answer: (() => void) | undefined;
  const server = createServer((_request, response) => {
    answer = () => response.end('done');
  });
  const closable = closeServer(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const asked = fetch(`http://127.0.0.1:${port}`);
  await once(server, 'request');

  const closing = closable.close();
  await once(silent, 'close');
  answer?.();
  expect(await (await asked).text()).toBe('done');
  await closing;
});

it('ends what is in flight when its time is over, and cuts off what is not read then', async () => {
  const server = createServer((_request, response) => {
    response.write('the beginning');
  });
  const closable = closeServer(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const read = fetch(`http://127.0.0.1:${port}`).then((response) => response.text());
  const broken = expect(read).rejects.toThrow('terminated');
  await once(server, 'request');

  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const done: string[] = [];
  const last = { name: 'last', close: async () => void done.push('closed') };
  await drain([closable, last], {
    logger,
    drainMs: 50,
    end: () => void done.push('end'),
    cut() {
      done.push('cut');
      server.closeAllConnections();
    },
  });
  await broken;
  expect(done).toEqual(['end', 'cut', 'closed']);
  expect(logger.error).not.toHaveBeenCalled();
});
