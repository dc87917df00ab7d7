import { expect, test } from './fixtures.ts';

const oddParts = [
  '%00',
  'a%00b',
  '%ff',
  '%ed%a0%80',
  '%',
  '%252e%252e%252fetc',
  "'%20OR%201=1",
  '%F0%9F%99%82',
  '__proto__',
  'x'.repeat(4_000),
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
];

/** Half a surrogate pair and NUL reach pages through the query; so does a list where one value was meant. */
const oddQueries = (name: string) => [
  ...oddParts.map((part) => `${name}=${part}`),
  `${name}=`,
  `${name}=a&${name}=b`,
  `${name}[]=a`,
  `${name}.x=a`,
  'x='.padEnd(8_000, 'y'),
];

test('an address that nobody meant leads to a page that says so, and never to one that failed', async ({
  memberPage,
  console,
}) => {
  test.setTimeout(300_000);
  const places = (part: string) => [
    `/w/${part}`,
    `/w/${part}/usage`,
    `${console}/${part}`,
    `${console}/keys/${part}`,
    `${console}/webhooks/${part}`,
    `${console}/batches/${part}`,
    `/outbox/${part}`,
    `/docs/${part}`,
    `/models/${part}`,
    `/api/${part}`,
    `/api/trpc/${part}`,
    `/api/auth/${part}`,
    `/api/workspaces/${part}/files/${part}`,
  ];
  const queries = [
    ...['range', 'key', 'model'].flatMap((name) =>
      oddQueries(name).map((query) => `${console}/usage?${query}`),
    ),
    ...oddQueries('task').map((query) => `${console}/playground?${query}`),
    ...['next', 'reset', 'error', 'callbackUrl'].flatMap((name) =>
      oddQueries(name).map((query) => `/sign-in?${query}`),
    ),
    ...['callbackUrl', 'error'].flatMap((name) =>
      oddQueries(name).flatMap((query) => [`/api/auth/signin?${query}`, `/api/auth/error?${query}`]),
    ),
    ...oddQueries('input').map((query) => `/api/trpc/account.me?${query}`),
  ];
  for (const address of [...oddParts.flatMap(places), ...queries]) {
    const answer = await memberPage.request.get(address, { maxRedirects: 0 });
    expect.soft(answer.status(), address.slice(0, 200)).toBeLessThan(500);
    expect
      .soft(await answer.text(), address.slice(0, 200))
      .not.toMatch(/\n +at \w|node_modules|This page failed/);
  }
  // Whose first byte leaves before its page is asked for has the status 200.
  for (const part of ['%00', 'no-id', "'%20OR%201=1"]) {
    for (const place of [
      `${console}/keys/${part}`,
      `${console}/webhooks/${part}`,
      `${console}/batches/${part}`,
      `/outbox/${part}`,
      `/w/${part}/usage`,
    ])
      expect.soft(await (await memberPage.request.get(place)).text(), place).toContain('Not here');
  }
  const code = await memberPage.request.get('/api/auth/error?error=wrong_credentials', { maxRedirects: 0 });
  expect(code.headers().location).toMatch(/\/sign-in\?error=wrong_credentials$/);
});
