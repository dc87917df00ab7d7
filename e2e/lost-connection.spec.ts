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
