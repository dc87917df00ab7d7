import { expect, signIn, test } from './fixtures.ts';

const otherBrowser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

test('a session is listed, and ended from another one', async ({ browser, memberPage, product }) => {
  const context = await browser.newContext({ baseURL: product.webUrl, userAgent: otherBrowser });
  const elsewhere = await context.newPage();
  await signIn(elsewhere, product.demoEmail, product.demoPassword);
  await elsewhere.goto(`${new URL(elsewhere.url()).pathname}/usage`);

  await memberPage.goto('/account');
  const sessions = memberPage.getByRole('list', { name: 'Sessions' });
  await expect(sessions).toContainText('this one');
  const other = sessions.getByRole('listitem').filter({ hasText: 'Firefox on Linux' });
  await expect(other).toHaveCount(1);
  await other.getByRole('button').click();
  await expect(other).toHaveCount(0);

  // The page that was open there notices by itself; and the next one is refused.
  await elsewhere.waitForURL('**/sign-in?next=*');
  await elsewhere.goto('/account');
  await elsewhere.waitForURL('**/sign-in?next=%2Faccount');
  await context.close();
});

test('a wrong password and an unknown address are refused alike', async ({
  page,
  product,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/401/);
  const refusal = async (email: string) => {
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    return page.getByRole('main').getByRole('alert').innerText();
  };
  expect(await refusal(product.demoEmail)).toBe(await refusal('nobody@example.com'));
});

test('signing out leads to the front page, and the console’s door back to the whole address', async ({
  page,
  product,
}) => {
  await signIn(page, product.demoEmail, product.demoPassword);
  const home = new URL(page.url()).pathname;
  await page.getByRole('button', { name: /: account$/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(product.webUrl + '/');
  const deep = `${home}/usage?range=30d`;
  await page.goto(deep);
  await page.waitForURL('**/sign-in?next=**');
  await page.getByLabel('Email').fill(product.demoEmail);
  await page.getByLabel('Password', { exact: true }).fill(product.demoPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(product.webUrl + deep);
  // Who is in already goes through.
  await page.goto(`/sign-in?next=${encodeURIComponent(deep)}`);
  await page.waitForURL(product.webUrl + deep);
});
