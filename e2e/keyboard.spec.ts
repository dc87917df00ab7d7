import { expect, test } from './fixtures.ts';

test('the palette finds pages, does things and takes keys', async ({ memberPage: page, console }) => {
  await page.goto(console);
  await page.keyboard.press('ControlOrMeta+k');
  const palette = page.getByRole('dialog', { name: 'Find or do' });
  await expect(palette).toBeVisible();
  await page.keyboard.type('usage');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${console}/usage`);

  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('theme dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('demo key');
  await expect(palette.getByRole('option', { name: /Demo key/ }).first()).toBeVisible();
});

test('? lists the shortcuts, and G goes', async ({ memberPage: page, console }) => {
  await page.goto(console);
  await page.getByRole('heading', { name: 'Start' }).waitFor();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await page.waitForURL(`**${console}/keys`);
});

test('the first Tab leads to the content, past the navigation', async ({ memberPage: page, console }) => {
  await page.goto(console);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'To the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#content')).toBeFocused();
});

test('a dialog that closes gives the keyboard back to where it was', async ({
  memberPage: page,
  console,
}) => {
  await page.goto(`${console}/keys`);
  const create = page.getByRole('button', { name: 'Create key' });
  const dialog = page.getByRole('dialog');
  await create.focus();
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(create).toBeFocused();

  // Out of a menu, which is gone by then; a mouse that opens it does not bring the focus to its button.
  const actions = page.getByRole('button', { name: 'Actions for Demo key' }).filter({ visible: true });
  await actions.click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(actions).toBeFocused();
});

test('copying works where the browser has no clipboard for the page', async ({
  memberPage: page,
  console,
}) => {
  // As over http from another machine.
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.goto('/docs/sentiment');
  const copy = page.getByRole('button', { name: 'Copy' }).first();
  // A click before the page has come to life does nothing; the next one copies.
  await expect(async () => {
    await copy.click();
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.goto(`${console}/keys`);
  const find = page.getByLabel('Find keys');
  // What comes into the field before the page has come to life is lost.
  await expect(async () => {
    await find.fill('');
    await page.keyboard.press('ControlOrMeta+v');
    await expect(find).toHaveValue(/^curl .*\/v1\/sentiment/, { timeout: 1_000 });
  }).toPass();
});

test('the arrows move the chart’s cursor, and the chart is a table too', async ({
  memberPage: page,
  console,
}) => {
  await page.goto(`${console}/usage`);
  const cursor = page.getByRole('slider', { name: 'Calls by hour' });
  await cursor.focus();
  const last = await cursor.getAttribute('aria-valuetext');
  // A key that is pressed before the page has come to life does nothing; the next one does.
  await expect(async () => {
    await page.keyboard.press('ArrowLeft');
    await expect(cursor).not.toHaveAttribute('aria-valuetext', last ?? '', { timeout: 500 });
  }).toPass();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('region', { name: 'The chart as a table' }).getByRole('row')).toHaveCount(25);
});

test('filters live in the address', async ({ memberPage: page, console }) => {
  await page.goto(`${console}/usage`);
  await page.getByRole('button', { name: '30 days' }).click();
  await expect(page).toHaveURL(/range=30d/);
  await page.reload();
  await expect(page.getByRole('button', { name: '30 days' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('heading', { name: 'Calls a day' })).toBeVisible();
});

test('on a phone the places are at the foot, the rest in a sheet', async ({ memberPage: page, console }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(console);
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Usage' }).click();
  await page.waitForURL(`**${console}/usage`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Settings' }).click();
  await page.waitForURL(`**${console}/settings`);
});
