import { expect, test } from './fixtures.ts';

test('a change without a network fails where it was made, and is not made later on its own', async ({
  memberPage: page,
  console,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/ERR_INTERNET_DISCONNECTED/);
  await page.goto(`${console}/settings`);
  await page.waitForLoadState('networkidle');
  const name = page.getByLabel('Name', { exact: true });
  const before = await name.inputValue();
  await page.context().setOffline(true);
  await name.fill('Not to be saved');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Check the connection');
  await expect(name).toHaveValue('Not to be saved');
  await page.context().setOffline(false);
  await page.waitForLoadState('networkidle');
  await page.reload();
  await expect(name).toHaveValue(before);
});

test('a page that is long in coming is marked where it was asked for', async ({
  memberPage: page,
  console,
}) => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/settings\?_rsc=/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(console);
  await page.waitForLoadState('domcontentloaded');
  const place = page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Settings' });
  await expect(async () => {
    await place.click();
    await expect(place.locator('.on-the-way')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  answer();
  await page.waitForURL(`**${console}/settings`);
  await expect(place.locator('.on-the-way')).toHaveCount(0);
});
