import { expect, test } from './fixtures.ts';
import { consoleScreens } from './screens.ts';

test('every page has a policy without unsafe scripts, and may not be framed', async ({ page, product }) => {
  const response = await page.goto('/');
  const headers = response?.headers() ?? {};
  const policy = headers['content-security-policy'] ?? '';
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
  expect(scripts).toContain("'strict-dynamic'");
  expect(scripts).toMatch(/'nonce-[A-Za-z0-9+/=]{20,}'/);
  expect(scripts).not.toContain('unsafe');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("object-src 'none'");
  expect(/connect-src ([^;]*)/.exec(policy)?.[1]).toBe(`'self' ${new URL(product.apiUrl).origin}`);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('strict-origin-when-cross-origin');
  expect(headers['x-powered-by']).toBeUndefined();
  const again = await page.reload();
  expect(again?.headers()['content-security-policy']).not.toBe(policy);
});

test('a script that was not ours does not run', async ({ page, expectedConsoleErrors }) => {
  expectedConsoleErrors.push(/Content Security Policy/);
  await page.goto('/');
  const ran = await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.intruded = true">');
    return new Promise((resolve) => setTimeout(() => resolve('intruded' in window), 200));
  });
  expect(ran).toBe(false);
});

test('who is not signed in gets the door, and nothing of the console', async ({ page, console }) => {
  for (const path of [...consoleScreens(console), '/admin']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Sign in' }), path).toBeVisible();
  }
});

test('a workspace that is not one’s own, and the operator’s pages, are not there', async ({
  memberPage: page,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/404/);
  for (const path of ['/w/house', '/w/house/keys', '/w/no-such-workspace/usage', '/admin']) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'Not here' }), path).toBeVisible();
  }
});
