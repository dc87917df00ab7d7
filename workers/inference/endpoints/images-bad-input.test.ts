import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { type FormEntry, formOf, gif, png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let server: Server;
let url: string;
let connections = 0;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  server = createServer((_request, response) => answer(response));
  server.on('connection', () => void connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  door = gatewayUnderTest(database, {
    outbound: { policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true } },
  });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database.drop();
});

/** After each: nothing billed, nothing held, and the next request is answered. */
afterEach(async () => {
  connections = 0;
  const [sums] = await database.prisma.$queryRaw<{ units: bigint; price: bigint; held: bigint }[]>`
    SELECT coalesce(sum(spent_units), 0)::bigint units, coalesce(sum(spent_micro_usd), 0)::bigint price,
      coalesce(sum(held_units + held_requests), 0)::bigint held FROM allowances WHERE period_start > '2000-01-01'`;
  expect(sums).toEqual({ units: 0n, price: 0n, held: 0n });
  expect((await call(door, { key, method: 'GET', path: '/v1/models' })).status).toBe(200);
});

async function refusal(options: CallOptions, through = door) {
  const answered = await call(through, { key, path: '/v1/images/classify', ...options });
  expect(Object.keys(answered.json)).toEqual(['error']);
  expect(answered.text).not.toMatch(/\n +at |\.ts\b|node_modules|SELECT|Zod|ECONN|ENOTFOUND|127\.0\.0/);
  const { code, param, message } = answered.json.error;
  return { status: answered.status, code, param, message, headers: answered.headers };
}
const refusedForm = (...entries: readonly FormEntry[]) =>
  refusal({ rawBody: formOf(...entries), contentType: null });
const refusedUrl = (given: string, through = door) => refusal({ body: { input: { url: given } } }, through);
const unreadable = { status: 422, code: 'image_unreadable' };

describe('a picture', () => {
  it.each([
    ['a ZIP named .jpg', Buffer.from('PK\x03\x04\x14\0\0\0\x08\0 and more', 'latin1')],
    ['a PDF', Buffer.from('%PDF-1.7 and more')],
    ['text', Buffer.from('a cat on a mat')],
    ['zeros', Buffer.alloc(10_000)],
    ['one byte', Buffer.from([0xff])],
  ])('422 for %s', async (_name, bytes) => {
    expect(await refusedForm(['image', bytes])).toMatchObject({ ...unreadable, param: 'image' });
    expect(await refusal({ rawBody: bytes, contentType: 'image/jpeg' })).toMatchObject({
      ...unreadable,
      param: null,
    });
  });

  it('422 for an SVG, whose links nobody follows', async () => {
    answer = (response) => response.end(png);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}"/><use href="${url}#x"/></svg>`;
    const entity = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "${url}">]><svg>&x;</svg>`;
    for (const text of [svg, entity]) {
      expect(await refusedForm(['image', text])).toMatchObject(unreadable);
      expect(await refusal({ rawBody: text, contentType: 'image/svg+xml' })).toMatchObject(unreadable);
    }
    expect(connections).toBe(0);
  });

  it('422 for one among others, by its name, and the others are not billed', async () => {
    expect(await refusedForm(['image', png], ['image', 'no picture'])).toMatchObject({
      ...unreadable,
      param: 'image[1]',
    });
    const input = [{ base64: png.toString('base64') }, { base64: 'bm8gcGljdHVyZQ==' }];
    expect(await refusal({ body: { input } })).toMatchObject({ ...unreadable, param: 'input[1].base64' });
  });

  it.each([
    ['damaged', /cut short or damaged/],
    ['too_many_pixels', /too many pixels/],
    ['too_slow', /too long/],
    ['unsupported_type', /not read/],
    ['not_an_image', /no picture/],
  ] as const)('422 for what the decoder refuses as %s, with what to do', async (reason, sentence) => {
    const refusing = gatewayUnderTest(database, { imageModel: { refuseOn: () => reason } });
    const refused = await refusal({ rawBody: png, contentType: null }, refusing);
    expect(refused).toMatchObject({ ...unreadable, param: null });
    expect(refused.message).toMatch(sentence);
  });

  it.each([
    ['no part', [], 'image', 'invalid_request', 400],
    ['an empty part', [['image', '']], 'image', 'invalid_request', 400],
    ['a part of another name', [['file', png]], 'file', 'unknown_field', 400],
    ['500 of them', new Array<FormEntry>(500).fill(['image', png]), 'image', 'payload_too_large', 413],
    [
      'a model that is not there',
      [
        ['image', png],
        ['model', 'image-9'],
      ],
      'model',
      'not_found',
      404,
    ],
  ] as [string, FormEntry[], string, string, number][])(
    'is refused by its field: %s',
    async (_name, entries, param, code, status) => {
      expect(await refusedForm(...entries)).toMatchObject({ status, code, param });
    },
  );

  it('400 for a form without its boundary, and for one that is cut short', async () => {
    const rawBody = new Uint8Array(await new Response(formOf(['image', png])).arrayBuffer());
    expect(await refusal({ rawBody, contentType: 'multipart/form-data' })).toMatchObject({ status: 400 });
    const boundary = Buffer.from(rawBody).toString('latin1').split('\r\n', 1)[0]?.slice(2);
    const contentType = `multipart/form-data; boundary=${boundary}`;
    for (const end of [rawBody.length - 10, 60, 5]) {
      const cut = await refusal({ rawBody: rawBody.slice(0, end), contentType });
      expect(cut).toMatchObject({ status: 400, code: 'invalid_request' });
    }
  });
});

describe('the body', () => {
  it('413 over the limit, before it is read where its length is declared, and soon where it is not', async () => {
    let pulled = 0;
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          pulled += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
      });
    const declared = { 'content-length': String(imageLimits.bodyBytesMax + 1) };
    const image = { contentType: 'image/jpeg' };
    expect(await refusal({ rawBody: endless(), headers: declared, ...image })).toMatchObject({ status: 413 });
    expect(await refusal({ rawBody: endless(), key: undefined, ...image })).toMatchObject({ status: 401 });
    expect(pulled).toBeLessThan(200_000);
    expect(await refusal({ rawBody: endless(), ...image })).toMatchObject({ status: 413 });
    expect(pulled).toBeLessThan(2 * imageLimits.bodyBytesMax);
  });

  it('413 for a picture over its own limit', async () => {
    const large = Buffer.concat([png, Buffer.alloc(imageLimits.pictureBytesMax)]);
    expect(await refusedForm(['image', png], ['image', large])).toMatchObject({
      status: 413,
      code: 'payload_too_large',
      param: 'image[1]',
    });
  });

  it('503 while the gateway holds as much as it may, and no longer', async () => {
    const small = gatewayUnderTest(database, { heldBytesMax: 2_000_000 });
    let arrive = (_bytes: Uint8Array) => {};
    let end = () => {};
    const slow = new ReadableStream({
      start(controller) {
        arrive = (bytes) => controller.enqueue(bytes);
        end = () => controller.close();
      },
    });
    const first = refusal({ rawBody: slow, contentType: 'image/jpeg' }, small);
    arrive(new Uint8Array(1_500_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await refusal({ rawBody: new Uint8Array(600_000), contentType: 'image/jpeg' }, small);
    expect(second).toMatchObject({ status: 503, code: 'overloaded' });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    end();
    expect(await first).toMatchObject(unreadable);
    const third = await refusal({ rawBody: new Uint8Array(1_900_000), contentType: 'image/jpeg' }, small);
    expect(third).toMatchObject(unreadable);
  });

  it('415 for another type', async () => {
    expect(await refusal({ rawBody: 'a cat', contentType: 'text/plain' })).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
  });
});

describe('a URL', () => {
  const notFetched = { status: 422, code: 'url_not_fetched', param: 'input.url' };

  it('422 for a private address, in the words of a name that does not exist', async () => {
    const guarded = gatewayUnderTest(database, {
      outbound: {
        resolve: async (host) => (host === 'inside.example' ? [{ address: '10.0.0.1', family: 4 }] : []),
      },
    });
    const given = [
      'http://127.0.0.1/',
      'http://169.254.169.254/latest',
      'http://inside.example/',
      'http://none.example/',
    ];
    const said = await Promise.all(given.map((one) => refusedUrl(one, guarded)));
    for (const one of said) expect(one).toMatchObject(notFetched);
    expect(new Set(said.map(({ message }) => message)).size).toBe(1);
    expect(connections).toBe(0);
  });

  it.each([
    [
      'redirects to a private address',
      (r: ServerResponse) => r.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    ],
    ['redirects for ever', (r: ServerResponse) => r.writeHead(302, { location: '/' }).end()],
    ['is not found', (r: ServerResponse) => r.writeHead(404).end('no')],
    [
      'says more than is allowed',
      (r: ServerResponse) => r.writeHead(200, { 'content-length': 2 ** 30 }).write('x'),
    ],
    [
      'ends before its length',
      (r: ServerResponse) => {
        r.writeHead(200, { 'content-length': 10_000 }).write(png);
        setTimeout(() => r.destroy(), 10);
      },
    ],
    [
      'never ends',
      (r: ServerResponse) => {
        const pour = () => {
          while (!r.destroyed && r.write(Buffer.alloc(2 ** 20)));
        };
        r.on('drain', pour);
        pour();
      },
    ],
  ])('422 for one that %s', async (_name, answers) => {
    answer = answers;
    expect(await refusedUrl(url)).toMatchObject(notFetched);
  });

  it('422 for one that brings no picture, whatever it is declared as, or less of one than it was', async () => {
    answer = (response) => response.setHeader('content-type', 'image/png').end('<html></html>');
    expect(await refusedUrl(url)).toMatchObject({ ...unreadable, param: 'input.url' });
    answer = (response) => response.end();
    expect(await refusedUrl(url)).toMatchObject({ ...unreadable, param: 'input.url' });
  });

  it.each(['ftp://example.com/a.jpg', 'file:///etc/passwd', 'cat.jpg', 'http://a:b@example.com/', ''])(
    '422 for %j',
    async (given) => {
      expect(await refusedUrl(given)).toMatchObject(notFetched);
    },
  );

  it('503 while the gateway holds as much as it may', async () => {
    const small = gatewayUnderTest(database, {
      heldBytesMax: 1_000,
      outbound: { policy: { allowsAddress: () => true, allowsPort: () => true } },
    });
    answer = (response) => response.end(Buffer.concat([gif, Buffer.alloc(2_000)]));
    expect(await refusedUrl(url, small)).toMatchObject({ status: 503, code: 'overloaded' });
  });

  it('leaves nothing of itself in the log', async () => {
    answer = (response) => response.writeHead(500).end();
    const secret = 'CANARY7f3a9c';
    await refusedUrl(`${url}${secret}?token=${secret}`);
    await refusedUrl(`http://${secret}.example/${secret}`);
    await refusedUrl(`http://${secret}:${secret}@example.com/`);
    expect(JSON.stringify(door.logged)).not.toContain(secret);
    expect(JSON.stringify(door.logged)).not.toContain(secret.toLowerCase());
  });
});
