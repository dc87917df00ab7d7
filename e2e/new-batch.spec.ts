import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

interface Line {
  readonly custom_id?: string;
  readonly method?: string;
  readonly url?: string;
  readonly body?: object;
}

const right = (customId: string): Line => ({
  custom_id: customId,
  method: 'POST',
  url: '/v1/sentiment',
  body: { input: `Number ${customId} is fine.` },
});
const jsonl = (lines: readonly (Line | string)[]) => ({
  name: 'lines.jsonl',
  mimeType: 'application/jsonl',
  buffer: Buffer.from(
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  ),
});

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'New batch' });
const choose = (page: Page, lines: readonly (Line | string)[]) =>
  dialogOf(page).getByLabel('A file of requests').setInputFiles(jsonl(lines));

test('a batch is started with the keyboard, watched to its end, and its answers downloaded', async ({
  memberPage: page,
  console,
}) => {
  await page.goto(`${console}/batches`);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'New batch' }).focus();
  await page.keyboard.press('Enter');
  const dialog = dialogOf(page);
  await expect(page).toHaveURL(/create=1/);
  await expect(dialog.getByRole('button', { name: 'Start batch' })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Take an example of three lines' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'The first lines' }).getByRole('listitem')).toHaveCount(3);
  await expect(dialog.getByRole('definition').filter({ hasText: '/v1/sentiment' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await violations(page)).toEqual([]);
  expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await dialog.getByRole('button', { name: 'Start batch' }).focus();
  await page.keyboard.press('Enter');

  await page.waitForURL(new RegExp(`${console}/batches/batch_\\w+$`));
  await expect(page.locator('dd .st')).toHaveText('Completed', { timeout: 30_000 });
  await expect(page.getByText('3 of 3 lines done')).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: 'Console' })).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /Download batch_\w+_output/ }).click(),
  ]);
  const rows = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  expect(rows.map((row) => (JSON.parse(row) as Line).custom_id).sort()).toEqual([
    'example-1',
    'example-2',
    'example-3',
  ]);
  // Back is the list, and not the dialog again.
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`${console}/batches$`));
});

test('a file that is wrong is told by its lines and never sent; mended, it is', async ({
  memberPage: page,
  console,
  product,
}) => {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${product.apiUrl}/v1`)) sent.push(request.url());
  });
  await page.goto(`${console}/batches?create=1`);
  await page.waitForLoadState('networkidle');
  const dialog = dialogOf(page);
  await choose(page, [right('a'), '{"custom_id": "b"', right('a')]);
  const faults = dialog.getByRole('list', { name: 'What is wrong with the file' }).getByRole('listitem');
  await expect(faults).toHaveText([
    'Line 2The line is not JSON in UTF-8.',
    'Line 3An earlier line has this custom_id. Each must be its own.',
  ]);
  await expect(dialog.getByRole('button', { name: 'Start batch' })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  expect(sent).toEqual([]);

  // No line names a path: it is chosen here, and written into each.
  const open = ['a', 'b'].map((customId) => ({ custom_id: customId, body: { input: 'It works.' } }));
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'dropped.jsonl'));
    return data;
  }, jsonl(open).buffer.toString());
  await dialog.locator('.drop').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(dialog.getByText('dropped.jsonl')).toBeVisible();
  await dialog.getByRole('button', { name: 'Start batch' }).click();
  await expect(dialog.getByText('Choose the path that the lines are for.')).toBeVisible();
  await dialog.getByLabel('Endpoint').selectOption('/v1/chat/completions');
  await expect(dialog.getByText(/2 lines, line 1 the first of them, have no messages/)).toBeVisible();
  await dialog.getByLabel('Endpoint').selectOption('/v1/sentiment');
  await dialog.getByRole('button', { name: 'Start batch' }).click();
  await page.waitForURL(new RegExp(`${console}/batches/batch_\\w+$`));
  await expect(page.getByText('2 of 2 lines done')).toBeVisible({ timeout: 30_000 });
});

test('an upload is shown, cancelled, refused and tried again without being sent twice', async ({
  memberPage: page,
  console,
  product,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/409/);
  await page.goto(`${console}/batches?create=1`);
  await page.waitForLoadState('networkidle');
  const dialog = dialogOf(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let uploads = 0;
  await page.route(`${product.apiUrl}/v1/files`, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    if (++uploads === 1) await held;
    await route.continue().catch(() => {});
  });
  await choose(page, [right('a')]);
  await dialog.getByRole('button', { name: 'Start batch' }).click();
  await expect(dialog.getByRole('progressbar', { name: 'Upload' })).toBeAttached();
  // What is under way is not lost by a key.
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Cancel upload' }).click();
  await expect(dialog.getByRole('list', { name: 'The first lines' })).toBeVisible();
  release();

  await page.route(
    `${product.apiUrl}/v1/batches`,
    (route) => {
      const message = '20 batches of the workspace have not ended.';
      const error = { message, type: 'invalid_request_error', param: null, code: 'conflict' };
      const headers = { 'access-control-allow-origin': product.webUrl };
      return route.request().method() === 'POST'
        ? route.fulfill({ status: 409, json: { error }, headers })
        : route.fallback();
    },
    { times: 1 },
  );
  await dialog.getByRole('button', { name: 'Start batch' }).click();
  await expect(dialog.getByText('20 batches of the workspace have not ended.')).toBeVisible();
  expect(uploads).toBe(2);
  await dialog.getByRole('button', { name: 'Start batch' }).click();
  await page.waitForURL(new RegExp(`${console}/batches/batch_\\w+$`));
  expect(uploads).toBe(2);

  // Left without a batch, the file goes too.
  await page.goto(`${console}/batches?create=1`);
  await page.waitForLoadState('networkidle');
  await page.route(`${product.apiUrl}/v1/batches`, (route) => route.abort(), { times: 1 });
  expectedConsoleErrors.push(/ERR_FAILED/);
  await choose(page, [right('a')]);
  await dialog.getByRole('button', { name: 'Start batch' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  const deleted = page.waitForResponse(
    (response) => response.request().method() === 'DELETE' && response.url().includes('/v1/files/file-'),
  );
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  expect((await deleted).status()).toBe(200);
});
