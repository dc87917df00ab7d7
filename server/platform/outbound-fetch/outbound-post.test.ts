import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startReceiver, type WebhookReceiver } from '#server/testing/webhooks.ts';
import type { OutboundFetchOptions } from './outbound-fetch.ts';
import { createOutboundPost } from './outbound-post.ts';
import { publicWeb } from './read-target.ts';
import { toResolved } from './resolve-host.ts';
import { targetRefusal } from './target-refusal.ts';

const request = { headers: { 'x-mark': 'a' }, body: '{"ä":1}', timeoutMs: 5_000, answerBytesMax: 10 };
const refused = (reason: string) => ({ kind: 'refused', reason });

describe('a POST to a customer', () => {
  let receiver: WebhookReceiver;
  let connectionsBefore = 0;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());
  beforeEach(() => {
    connectionsBefore = receiver.connections();
    receiver.received.length = 0;
    receiver.answerWith((response) => response.writeHead(200).end('well'));
  });
  const open = (options: OutboundFetchOptions = {}) =>
    createOutboundPost({
      policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true },
      ...options,
    });
  /** As in production, but for the port: the listener can't have 443. */
  const guarded = (resolve: OutboundFetchOptions['resolve'] = async () => []) =>
    createOutboundPost({ policy: { ...publicWeb, allowsPort: () => true }, resolve });

  it('brings the body as it is, and gives the status and the beginning of the answer', async () => {
    receiver.answerWith((response) =>
      response.writeHead(503, { 'retry-after': '7' }).end('0123456789abcdef'),
    );
    expect(await open()(receiver.url, request)).toEqual({
      kind: 'answered',
      status: 503,
      retryAfter: '7',
      body: Buffer.from('0123456789'),
    });
    expect(receiver.received).toEqual([
      {
        path: '/hooks',
        body: request.body,
        headers: {
          'x-mark': 'a',
          'accept-encoding': 'identity',
          'user-agent': 'Modelyard/1.0',
          'content-length': String(Buffer.byteLength(request.body)),
          host: `127.0.0.1:${receiver.port}`,
          connection: 'close',
        },
      },
    ]);
  });

  it.each([
    ['the loopback', 'http://127.0.0.1'],
    ['a decimal number', 'http://2130706433'],
    ['IPv6', 'http://[::1]'],
    ['an IPv4 address inside IPv6', 'http://[::ffff:127.0.0.1]'],
    ['a cloud’s metadata', 'http://169.254.169.254'],
    ['the loopback by name', 'http://localhost'],
  ])('never connects to %s', async (_name, origin) => {
    expect(await guarded()(`${origin}:${receiver.port}/`, request)).toEqual(refused('not_public'));
    expect(receiver.connections()).toBe(connectionsBefore);
  });

  it.each([
    ['a private address', ['127.0.0.1']],
    ['a public and a private address', ['8.8.8.8', '127.0.0.1']],
  ])('never connects to a name that resolves to %s', async (_name, addresses) => {
    const post = guarded(async () => addresses.map(toResolved));
    expect(await post(`http://hooks.example:${receiver.port}/`, request)).toEqual(refused('not_public'));
    expect(receiver.connections()).toBe(connectionsBefore);
  });

  it('follows no redirect, wherever it leads', async () => {
    const inside = await startReceiver();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answerWith((response) => response.writeHead(status, { location: inside.url }).end());
      expect(await open()(receiver.url, request)).toMatchObject({ kind: 'answered', status });
    }
    expect(inside.connections()).toBe(0);
    await inside.close();
  });

  it('asks for a name once, and connects to what was checked', async () => {
    let asked = 0;
    const post = open({ resolve: async () => [toResolved(asked++ === 0 ? '127.0.0.1' : '127.0.0.2')] });
    expect(await post(`http://hooks.example:${receiver.port}/`, request)).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
  });

  it('waits for an answer, and takes its status though its body never ends', async () => {
    receiver.answerWith(() => {});
    expect(await open()(receiver.url, { ...request, timeoutMs: 100 })).toEqual(refused('too_slow'));
    receiver.answerWith((response) => void response.writeHead(200).write('we'));
    const dripping = await open()(receiver.url, { ...request, timeoutMs: 200 });
    expect(dripping).toMatchObject({ kind: 'answered', status: 200, body: Buffer.from('we') });
    const hanging = open({ resolve: () => new Promise(() => {}) });
    expect(await hanging('http://hooks.example/', { ...request, timeoutMs: 50 })).toEqual(
      refused('too_slow'),
    );
  });

  it('says unreachable where nobody listens, or nobody speaks TLS', async () => {
    expect(await open()('http://127.0.0.1:1/', request)).toEqual(refused('unreachable'));
    expect(await open()(`https://127.0.0.1:${receiver.port}/`, request)).toEqual(refused('unreachable'));
  });
});

it.each([
  ['https://hooks.example/in', null],
  ['https://10.0.0.1/', 'not_public'],
  ['https://[fd00::1]/', 'not_public'],
  ['https://hooks.example:8443/', 'port'],
  ['https://user:pass@hooks.example/', 'credentials'],
  ['ftp://hooks.example/', 'scheme'],
  ['hooks.example', 'malformed'],
])('what can be said of %s without asking anybody: %s', (url, reason) => {
  expect(targetRefusal(url, publicWeb)).toBe(reason);
});
