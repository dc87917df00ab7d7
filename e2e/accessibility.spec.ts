import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { consoleScreens, publicScreens } from './screens.ts';

const themes = ['light', 'dark'] as const;
const phone = { width: 390, height: 844 };
const notFound = /404/;

for (const path of publicScreens) {
  test(`${path} passes axe in both themes, and fits a phone`, async ({ page, expectedConsoleErrors }) => {
    expectedConsoleErrors.push(notFound);
    await check(page, path);
  });
}

test('every screen of the console passes axe in both themes, and fits a phone', async ({
  memberPage,
  console,
}) => {
  test.setTimeout(180_000);
  for (const path of consoleScreens(console)) await test.step(path, () => check(memberPage, path));
});

test('the demo with pictures passes axe in both themes, and fits a phone', async ({ page }) => {
  await check(page, '/', async () => {
    await page.getByRole('tab', { name: 'Images' }).click();
    await expect(page.getByRole('region', { name: 'Slip', exact: true })).toContainText('1 picture');
    await page.getByRole('button', { name: 'What it looked at' }).click();
    await expect(page.getByRole('img', { name: /Which cells speak/ })).toBeVisible();
  });
});

async function check(page: Page, path: string, prepare = async () => {}): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(path);
  await prepare();
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    expect.soft(await violations(page), `${path}, ${theme}`).toEqual([]);
  }
  await page.setViewportSize(phone);
  expect.soft(await violations(page), `${path}, phone`).toEqual([]);
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(tooWide, `${path} is wider than a phone`).toBe(0);
}
