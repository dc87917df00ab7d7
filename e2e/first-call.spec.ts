import { randomBytes } from 'node:crypto';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** A figure of the product: what a call did shows within two seconds. */
const shownWithinMs = 2_000;
const newAddress = () => `visitor-${randomBytes(5).toString('hex')}@example.com`;
/**
 * A mail is shown in a frame that may run no script. Where the browser's driver looks into it, it is refused as well,
 * which Chromium reports now and then.
 */
const refusedInSandbox = /^Blocked script execution in 'about:srcdoc'/;
const password = 'quiet harbour lantern 42';

test('from a visitor to a metered call, and a revoked key', async ({
  page,
  request,
  product,
  expectedConsoleErrors,
}) => {
  test.setTimeout(120_000);
  expectedConsoleErrors.push(refusedInSandbox);
  const email = newAddress();
  await signUp(page, email);
  await openMail(page, email, 'Confirm');
  await page.waitForURL('**/w/*');
  await expect(page.getByRole('heading', { name: 'Start' })).toBeVisible();

  // A key, shown once.
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByLabel('Name').fill('checkout-reviews');
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Copy this key now' });
  const key = (await dialog.getByTestId('new-key').innerText()).replaceAll(/\s/g, '');
  expect(key).toMatch(/^my_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{25}_[0-9A-Za-z]{6}$/);

  // Escape asks first: closed now, the key would be lost.
  await page.keyboard.press('Escape');
  await expect(dialog).toContainText('The key was not copied');

  // The first call, which the dialog listens for.
  expect((await call(request, product.apiUrl, key)).status).toBe(200);
  await expect(dialog).toContainText('First call at', { timeout: shownWithinMs });
  await dialog.getByRole('button', { name: 'I have stored it' }).click();

  // Usage shows the next one within two seconds of its answer.
  await page.getByRole('link', { name: 'Usage' }).first().click();
  const calls = page.getByRole('definition').first();
  await expect(calls).toHaveText('1');
  const answer = await call(request, product.apiUrl, key);
  await expect(calls).toHaveText('2', { timeout: shownWithinMs });
  expect(answer.units).toBeGreaterThan(0);
  const row = page.getByRole('row', { name: /checkout-reviews/ });
  await expect(row).toContainText('sentiment-1');

  // Revoked: 401 at the next call.
  await page.getByRole('link', { name: 'API keys' }).first().click();
  await page.getByRole('button', { name: 'Actions for checkout-reviews' }).click();
  await page.getByRole('menuitem', { name: 'Revoke…' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByText('No keys yet.')).toBeVisible();
  const refused = await call(request, product.apiUrl, key);
  expect(refused).toMatchObject({ status: 401, code: 'revoked_api_key' });
  await page.getByRole('button', { name: 'Revoked, expired' }).click();
  await expect(page.getByRole('row', { name: /checkout-reviews/ })).toContainText('revoked');
});

test('what is typed before the page’s code has come counts', async ({ page, expectedConsoleErrors }) => {
  expectedConsoleErrors.push(refusedInSandbox);
  let codeMayCome = () => {};
  const untilItMay = new Promise<void>((resolve) => {
    codeMayCome = resolve;
  });
  await page.route('**/_next/static/**/*.js', async (route) => {
    await untilItMay;
    await route.continue();
  });
  await page.goto('/sign-up', { waitUntil: 'commit' });
  const email = newAddress();
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password', { exact: true }).press('Enter');
  const create = page.getByRole('button', { name: 'Create account' });
  await expect(create).toBeDisabled();
  codeMayCome();
  await expect(page.getByRole('img', { name: /Strength [34] of 4/ })).toBeVisible();
  await expect(page.getByLabel('Email')).toHaveValue(email);
  await create.click();
  await expect(page.getByRole('heading', { name: 'Mail sent' })).toBeVisible();
});

test('signing up with an address that is taken looks like any other', async ({ page, product }) => {
  const said = async (email: string) => {
    await signUp(page, email);
    return (await page.getByRole('status').innerText()).replaceAll(email, 'ADDRESS');
  };
  const fresh = await said(newAddress());
  expect(await said(product.demoEmail)).toBe(fresh);
  // Its owner is told.
  await page.goto('/outbox');
  await expect(page.getByRole('listitem').filter({ hasText: product.demoEmail }).first()).toBeVisible();
});

test('a weak password is refused where it is typed, and says what to do', async ({ page }) => {
  await page.goto('/sign-up');
  await page.getByLabel('Email').fill(newAddress());
  await page.getByLabel('Password', { exact: true }).fill('password12');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('img', { name: /3 is needed/ })).toBeVisible();
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
});

async function signUp(page: Page, email: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await expect(page.getByRole('img', { name: /Strength [34] of 4/ })).toBeVisible();
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Mail sent' })).toBeVisible();
}

/** Through the local outbox, as someone without a mail server would. */
async function openMail(page: Page, email: string, subject: string): Promise<void> {
  await page.getByRole('link', { name: 'local outbox' }).click();
  const mail = page.getByRole('listitem').filter({ hasText: email });
  await mail.getByRole('link', { name: new RegExp(subject, 'i') }).click();
  await page
    .getByRole('main')
    .getByRole('link', { name: /\/confirm#token=/ })
    .click();
}

interface Answer {
  readonly status: number;
  readonly units: number;
  readonly code: string | undefined;
}

async function call(request: APIRequestContext, apiUrl: string, key: string): Promise<Answer> {
  const response = await request.post(`${apiUrl}/v1/sentiment`, {
    headers: { authorization: `Bearer ${key}` },
    data: { input: 'It works.' },
  });
  const body = (await response.json()) as { usage?: { units: number }; error?: { code: string } };
  return { status: response.status(), units: body.usage?.units ?? 0, code: body.error?.code };
}
