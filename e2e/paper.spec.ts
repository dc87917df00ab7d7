import { expect, test } from './fixtures.ts';

test('what is printed is the page without its menus, dark on white in the dark theme too', async ({
  memberPage: page,
  console,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${console}/usage`);
  const heading = page.getByRole('heading', { name: 'Usage' });
  const lightness = () =>
    heading.evaluate((element) => Number(/\(([\d.]+)/.exec(getComputedStyle(element).color)?.[1]));
  const places = page.getByRole('complementary', { name: 'Workspace' });
  await expect(places).toBeVisible();
  const onScreen = await lightness();
  await page.emulateMedia({ media: 'print' });
  await expect(places).toBeHidden();
  await expect(page.getByRole('button', { name: 'Export CSV' })).toBeHidden();
  await expect.poll(lightness).toBeLessThan(onScreen / 2);
});
