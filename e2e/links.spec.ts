import { expect, test } from './fixtures.ts';
import { consoleScreens, publicScreens } from './screens.ts';

test('no link of any screen leads nowhere', async ({
  memberPage: page,
  console,
  product,
  expectedConsoleErrors,
}) => {
  test.setTimeout(180_000);
  expectedConsoleErrors.push(/404/);
  const found = new Map<string, string>();
  for (const screen of [...publicScreens, ...consoleScreens(console)]) {
    await page.goto(screen);
    const links = await page
      .locator('a[href]')
      .evaluateAll((anchors) => anchors.map((anchor) => (anchor as HTMLAnchorElement).href));
    for (const link of links) if (!found.has(link)) found.set(link, screen);
  }
  for (const [link, screen] of found) {
    const { origin, pathname, hash } = new URL(link);
    if (origin === product.webUrl || origin === product.apiUrl) {
      const response = await page.request.get(link.split('#')[0] ?? link);
      expect.soft(response.status(), `${link} on ${screen}`).toBeLessThan(400);
    }
    if (hash && origin === product.webUrl && pathname.startsWith('/docs')) {
      await page.goto(link);
      await expect.soft(page.locator(hash), `${link} on ${screen}`).toHaveCount(1);
    }
  }
  expect(found.size).toBeGreaterThan(20);
});
