import sharp from 'sharp';
import { expect, test } from './fixtures.ts';

const sentence = 'A sentence to read';

test('a visitor types over the sentence and reads a real answer, with its slip', async ({
  page,
  product,
}) => {
  const called = page.waitForResponse(`${product.apiUrl}/v1/sentiment`);
  await page.goto('/');
  const first = await called;
  expect(first.status()).toBe(200);
  const bench = page.getByRole('region', { name: 'Live demo' });
  const slip = bench.getByRole('region', { name: 'Slip' });
  await expect(slip).toContainText('10 texts');

  const calledAgain = page.waitForResponse(`${product.apiUrl}/v1/sentiment`);
  await bench.getByLabel(sentence).fill('I love it.');
  const answer = (await (await calledAgain).json()) as { id: string; usage: { units: number } };
  await expect(slip).toContainText('4 texts');
  await expect(slip).toContainText(answer.id.slice(0, 16));
  await expect(slip).toContainText(`${answer.usage.units} units`);
  await expect(bench.getByRole('status')).toContainText('positive');
});

test('the demo works from the loopback’s other name, which leads to the product’s own', async ({
  page,
  product,
}) => {
  const { port, origin, hostname } = new URL(product.webUrl);
  const other = hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  const called = page.waitForResponse(`${product.apiUrl}/v1/sentiment`);
  await page.goto(`http://${other}:${port}/?from=elsewhere#demo`);
  expect((await called).status()).toBe(200);
  const arrived = new URL(page.url());
  expect([arrived.origin, arrived.pathname, arrived.search]).toEqual([origin, '/', '?from=elsewhere']);
  const bench = page.getByRole('region', { name: 'Live demo' });
  await expect(bench.getByRole('region', { name: 'Slip' })).toContainText('10 texts');
});

test('the demo says in its place when the API does not answer', async ({
  page,
  product,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/Failed to load resource/);
  await page.route(`${product.apiUrl}/v1/sentiment`, (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('region', { name: 'Live demo' }).getByRole('alert')).toContainText(
    'did not answer',
  );
});

test('the demo shows a rate limit and asks again by itself', async ({
  page,
  product,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/429/);
  let refused = false;
  await page.route(`${product.apiUrl}/v1/sentiment`, async (route) => {
    if (refused || route.request().method() !== 'POST') return route.continue();
    refused = true;
    const body = {
      error: {
        message: 'Rate limit reached. Try again in 1 s.',
        type: 'rate_limit_error',
        param: null,
        code: 'rate_limit_exceeded',
      },
    };
    await route.fulfill({
      status: 429,
      json: body,
      headers: {
        'retry-after': '1',
        'access-control-allow-origin': product.webUrl,
        'access-control-expose-headers': 'retry-after, x-request-id',
      },
    });
  });
  await page.goto('/');
  const bench = page.getByRole('region', { name: 'Live demo' });
  await expect(bench).toContainText('Rate limit reached');
  await expect(bench.getByRole('region', { name: 'Slip' })).toContainText('10 texts');
  await expect(bench).not.toContainText('Rate limit reached');
});

test('a visitor looks at a sample, then at a picture of their own, and is told what is no picture', async ({
  page,
  product,
  expectedConsoleErrors,
}) => {
  // The second is of Playwright's trace, which reads what the preview shows; the page may not, and does not.
  expectedConsoleErrors.push(/422/, /Connecting to 'blob:/);
  const api = `${product.apiUrl}/v1/images/classify`;
  await page.goto('/');
  const bench = page.getByRole('region', { name: 'Live demo' });
  const slip = bench.getByRole('region', { name: 'Slip' });
  await expect(slip).toContainText('10 texts');
  const tab = bench.getByRole('tab', { name: 'Sentiment' });
  await tab.focus();
  const called = page.waitForResponse(api);
  await page.keyboard.press('ArrowRight');
  const answer = (await (await called).json()) as { id: string; data: { scores: { label: string }[] }[] };
  await expect(slip).toContainText(answer.id.slice(0, 16));
  await expect(slip).toContainText('1 picture');
  await expect(bench.getByRole('status')).toContainText(answer.data[0]?.scores[0]?.label ?? 'none');

  const another = page.waitForResponse(api);
  await bench.getByRole('button', { name: 'Sample: Coffee' }).click();
  await another;
  const buffer = await (await page.request.get('/samples/rocket.jpg')).body();
  const file = bench.locator('input[type=file]');
  const own = page.waitForResponse(api);
  await file.setInputFiles({ name: 'mine.jpg', mimeType: 'image/jpeg', buffer });
  expect((await own).status()).toBe(200);
  await expect(bench.getByRole('img', { name: 'mine.jpg' })).toBeVisible();

  await file.setInputFiles({ name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await expect(bench.getByRole('alert')).toContainText('This is no picture');
  await expect(bench).toContainText('No preview of notes.jpg');
  const large = Buffer.alloc(11 * 1024 * 1024);
  await file.setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer: large });
  await expect(bench.getByRole('alert')).toContainText('11 MiB');
  await bench.getByRole('button', { name: 'Sample: Cat' }).click();
  await expect(bench.getByRole('alert')).toHaveCount(0);
});

test('a visitor sees by keyboard what the model looked at, once it is there, and the picture again', async ({
  page,
  product,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/503/);
  const api = `${product.apiUrl}/v1/explanations`;
  let calls = 0;
  await page.route(api, async (route) => {
    if (route.request().method() !== 'POST' || ++calls > 1) return route.continue();
    const error = {
      message: 'Too much waits for the model.',
      type: 'server_error',
      param: null,
      code: 'overloaded',
    };
    const headers = { 'access-control-allow-origin': product.webUrl };
    await route.fulfill({ status: 503, json: { error }, headers });
  });
  await page.goto('/');
  const bench = page.getByRole('region', { name: 'Live demo' });
  await bench.getByRole('tab', { name: 'Images' }).click();
  const picture = bench.getByRole('button', { name: 'Picture', exact: true });
  const looked = bench.getByRole('button', { name: 'What it looked at' });
  await expect(bench.getByRole('region', { name: 'Slip' })).toContainText('1 picture');
  await expect(looked).toBeEnabled();
  await picture.focus();
  await page.keyboard.press('Tab');
  await expect(looked).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(bench.getByRole('alert')).toContainText('Too much waits');

  const called = page.waitForResponse(api);
  await page.keyboard.press('Enter');
  const answer = (await (await called).json()) as {
    label: string;
    runs: number;
    usage: { price_micro_usd: number };
    heat_map: { full_value: number };
  };
  const map = bench.getByRole('img', { name: `Which cells speak for ${answer.label}` });
  await expect(map).toBeVisible();
  await expect(bench.getByRole('alert')).toHaveCount(0);
  await expect(looked).toHaveAttribute('aria-pressed', 'true');
  await expect(bench).toContainText(`+${answer.heat_map.full_value.toFixed(2)} for ${answer.label}`);
  await expect(bench).toContainText(`${answer.runs} runs`);
  await expect(bench).toContainText((answer.usage.price_micro_usd / 1e6).toFixed(6));
  // Only the map has colours, and they are seen: it lies above the picture.
  const figure = bench.getByRole('figure');
  expect(await colourfulness(await figure.screenshot())).toBeGreaterThan(40);
  await map.evaluate((element) => element.style.setProperty('opacity', '0'));
  expect(await colourfulness(await figure.screenshot())).toBeLessThan(15);

  await picture.click();
  await expect(map).toHaveCount(0);
  await looked.click();
  await expect(map).toBeVisible();
  expect(calls).toBe(2);
  await bench.getByRole('button', { name: 'Sample: Coffee' }).click();
  await expect(map).toHaveCount(0);
  await expect(looked).toHaveAttribute('aria-pressed', 'false');
  await looked.click();
  await expect(bench.getByRole('img', { name: /speak for espresso/ })).toBeVisible();
  expect(calls).toBe(3);
});

/** The largest difference between the channels of a pixel, of 255, in a picture made small. */
async function colourfulness(png: Buffer): Promise<number> {
  const { data, info } = await sharp(png)
    .resize(64)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  let largest = 0;
  for (let at = 0; at < data.length; at += 3) {
    const pixel = [...data.subarray(at, at + 3)];
    largest = Math.max(largest, Math.max(...pixel) - Math.min(...pixel));
  }
  return largest;
}

test('nothing that a visitor types is in an address, and the cost slider moves by keyboard', async ({
  page,
}) => {
  await page.goto('/');
  const slider = page.getByRole('slider', { name: /Texts a month/ });
  await slider.focus();
  const before = await slider.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  await expect(slider).not.toHaveAttribute('aria-valuetext', before ?? '');
  expect(page.url()).not.toContain('?');
});

test('a visitor has a text written into the page, and stops another', async ({ page }) => {
  await page.goto('/');
  const bench = page.getByRole('region', { name: 'Live demo' });
  await bench.getByRole('tab', { name: 'Text' }).click();
  await bench.getByRole('button', { name: 'Write', exact: true }).click();
  const written = bench.getByRole('status', { name: 'What was written' });
  await expect(written).not.toBeEmpty();
  const slip = bench.getByRole('region', { name: 'Slip' });
  await expect(slip).toContainText('written');
  await expect(slip).toContainText('first words');
  await bench.getByLabel('What to write').fill('Count to a hundred, one number a line.');
  const write = bench.getByRole('button', { name: 'Write', exact: true });
  // One that has ended before it could be stopped is followed by another.
  await expect(async () => {
    await write.click();
    await bench.getByRole('button', { name: 'Stop' }).click({ timeout: 1_000 });
  }).toPass();
  await expect(write).toBeEnabled();
});
