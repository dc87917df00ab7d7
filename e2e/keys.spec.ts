import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

const shown = /^my_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{25}_[0-9A-Za-z]{6}$/;

test('a key is restricted, changed and rotated, and the API does as the console says', async ({
  memberPage: page,
  console,
  request,
  product,
}) => {
  test.setTimeout(120_000);
  const ask = async (key: string) => {
    const answer = await request.post(`${product.apiUrl}/v1/sentiment`, {
      headers: { authorization: `Bearer ${key}` },
      data: { input: 'It works.' },
    });
    const body = (await answer.json()) as { error?: { code: string } };
    return body.error?.code ?? answer.status();
  };

  // Made with restrictions; a wrong address is named by its line.
  await page.goto(`${console}/keys?create=1`);
  const dialog = page.getByRole('dialog', { name: 'Create key' });
  await dialog.getByLabel('Name').fill('restricted');
  await dialog.getByText('Models, addresses, browsers, limits, budget').click();
  await dialog.getByLabel('Addresses').fill('203.0.113.0/24\nnowhere');
  await dialog.getByLabel('Budget, US dollars a month').fill('12.50');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(dialog).toContainText('Line 2: Give an IP address');
  await expect(dialog.getByLabel('Addresses')).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel('Addresses').fill('203.0.113.0/24');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const first = await storeKey(page);
  expect(await ask(first)).toBe('address_not_allowed');

  // Changed on its own page, in force from the next call.
  await page.getByRole('link', { name: 'restricted' }).first().click();
  await expect(page.getByRole('heading', { name: 'restricted' })).toBeVisible();
  await expect(page).toHaveTitle(/^restricted · /);
  await expect(page.getByText('$0.00 of $12.50')).toBeVisible();
  await page.getByLabel('Addresses').fill('');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('In force from the next call')).toBeVisible();
  expect(await ask(first)).toBe(200);
  await page.getByLabel('Sentiment', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('In force from the next call')).toBeVisible();
  expect(await ask(first)).toBe('scope_missing');
  await page.getByLabel('Sentiment', { exact: true }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('In force from the next call')).toBeVisible();

  // A day of which a part was cleared is not "never".
  const day = page.getByLabel('Last day');
  await day.focus();
  await page.keyboard.press('Backspace');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Give the whole day')).toBeVisible();
  await expect(page.getByText('In force from the next call')).toBeHidden();
  await page.reload();
  await expect(day).not.toHaveValue('');

  // Rotated: both work, until the old one is stopped.
  await page.getByRole('button', { name: 'Rotate key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate key' }).click();
  const second = await storeKey(page);
  expect(second).not.toBe(first);
  expect([await ask(first), await ask(second)]).toEqual([200, 200]);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Stop it now' }).click();
  await page.getByRole('button', { name: 'Stop old secret' }).click();
  // What is behind an open dialog is hidden as well.
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Stop it now' })).toBeHidden();
  expect([await ask(first), await ask(second)]).toEqual(['unknown_api_key', 200]);
});

/** The dialog that shows a key once: reads it and closes. */
async function storeKey(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Copy this key now' });
  const key = (await dialog.getByTestId('new-key').innerText()).replaceAll(/\s/g, '');
  expect(key).toMatch(shown);
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'I have stored it' }).click();
  return key;
}
