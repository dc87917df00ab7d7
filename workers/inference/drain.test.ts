import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { closeServer } from './drain.ts';

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
