import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import OpenAI, { toFile } from 'openai';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';
import type { Product } from './product.ts';

const lineOf = (customId: string, body: object, url = '/v1/sentiment') =>
  JSON.stringify({ custom_id: customId, method: 'POST', url, body });

async function begin({ apiUrl, demoKey }: Product, lines: readonly string[]): Promise<string> {
  const client = new OpenAI({ apiKey: demoKey, baseURL: `${apiUrl}/v1` });
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines.join('\n')), 'lines.jsonl'),
    purpose: 'batch',
  });
  const batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/sentiment' as '/v1/embeddings',
    completion_window: '24h',
  });
  return batch.id;
}

async function download(page: Page, name: string): Promise<readonly { custom_id: string }[]> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: `Download ${name}` }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(name);
  const text = await readFile(await file.path(), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { custom_id: string });
}

test('a batch: watched, its files downloaded; one that is wrong; one that is cancelled', async ({
  memberPage: page,
  console,
  product,
}) => {
  test.setTimeout(180_000);
  const status = page.locator('dd .st');
  await page.goto(`${console}/batches`);

  // It appears by itself, and ends while it is looked at.
  const id = await begin(product, [lineOf('good', { input: 'It works.' }), lineOf('bad', { wrong: true })]);
  await page.locator(`main a[title="${id}"]`).filter({ visible: true }).click();
  await page.waitForURL(`**${console}/batches/${id}`);
  await expect(status).toHaveText('Completed', { timeout: 30_000 });
  await expect(page.getByText('1 of 2 lines done')).toBeVisible();
  await expect(page.getByText('1 failed')).toBeVisible();
  expect(await download(page, `${id}_output.jsonl`)).toMatchObject([
    { custom_id: 'good', response: { status_code: 200 } },
  ]);
  expect(await download(page, `${id}_error.jsonl`)).toMatchObject([
    { custom_id: 'bad', response: { status_code: 400 } },
  ]);
  expect(await violations(page)).toEqual([]);

  const wrong = await begin(product, [lineOf('a', { input: 'x' }), lineOf('b', {}, '/v1/embeddings')]);
  await page.goto(`${console}/batches/${wrong}`);
  await expect(status).toHaveText('Failed', { timeout: 30_000 });
  await expect(page.getByText('Line 2', { exact: true })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  const long = await begin(
    product,
    Array.from({ length: 5_000 }, (_, i) => lineOf(`${i}`, { input: `Number ${i} is fine.` })),
  );
  await page.goto(`${console}/batches/${long}`);
  await page.getByRole('button', { name: 'Cancel batch…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this batch?' });
  await dialog.getByRole('button', { name: 'Cancel batch' }).click();
  await expect(dialog).toBeHidden();
  await expect(status).toHaveText('Cancelled', { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Cancel batch…' })).toBeHidden();
});
