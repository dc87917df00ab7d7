import type { Page } from '@playwright/test';
import { docSamples } from './doc-samples.ts';
import { expect, test } from './fixtures.ts';

/** A file that is chosen before React has taken the page over is not seen. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForLoadState('networkidle');
}

interface Answer {
  readonly id: string;
  readonly usage: { readonly units: number };
  readonly data: readonly { readonly label: string | null }[];
}

test('texts are read with the keyboard, and the call is metered, shown and repeated as code', async ({
  memberPage: page,
  console,
  product,
}, { outputDir }) => {
  await page.goto(console);
  await page.getByRole('heading', { name: 'Start' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.waitForURL(`**${console}/playground`);
  await page.getByLabel('Texts', { exact: true }).fill(`I love it.\nIt's "awful".`);
  await page.getByLabel('Abstain below').fill('0.2');
  await expect(page).toHaveURL(/abstain=0\.2/);
  const called = page.waitForResponse(`${product.apiUrl}/v1/sentiment`);
  await page.keyboard.press('ControlOrMeta+Enter');
  const answer = (await (await called).json()) as Answer;
  const slip = page.getByRole('region', { name: 'Slip', exact: true });
  await expect(slip).toContainText('2 texts');
  await expect(slip).toContainText(`${answer.usage.units} units`);
  await expect(page.getByLabel('Texts that were read').getByRole('button')).toHaveCount(2);
  await expect(page.getByRole('region', { name: 'The answer as it came' })).toContainText(answer.id);
  await expect(page.getByRole('row', { name: /2 texts/ })).toBeVisible();
  // Nothing that was typed is in the address.
  expect(page.url()).not.toMatch(/love|awful/);

  await slip.getByRole('button', { name: 'Receipt' }).click();
  const receipt = page.getByRole('dialog', { name: 'Receipt' });
  await expect(receipt).toContainText(answer.id);
  await expect(receipt.getByRole('definition').filter({ hasText: 'sentiment-1@' })).toBeVisible();
  await receipt.getByRole('button', { name: 'Close' }).click();

  const samples = await docSamples(page, product.demoKey, outputDir);
  const repeated = JSON.parse(
    await samples.shell(await samples.codeOf('The request, Sentiment', 'curl')),
  ) as Answer;
  expect(repeated.data.map(({ label }) => label)).toEqual(answer.data.map(({ label }) => label));

  // "I love it." has four parts: by SHAP all fourteen masks of them are tried.
  const method = page.getByLabel('Explain by');
  await expect(method.getByRole('option')).toHaveText([
    'Leaving words out, 12 runs',
    'LIME, 22 runs',
    'SHAP, 22 runs',
  ]);
  await method.selectOption('shap');
  await page.getByRole('button', { name: 'Explain' }).click();
  await expect(page.getByText('Above the line: towards positive. Below: away. 22 runs,')).toBeVisible();
  await expect(page.getByText('with the strongest words taken out first')).toBeVisible();
});

test('a picture is looked at, and so is what it was looked at for', async ({
  memberPage: page,
  console,
  product,
}) => {
  await open(page, `${console}/playground?task=images&top_k=3`);
  const called = page.waitForResponse(`${product.apiUrl}/v1/images/classify`);
  await page.getByRole('button', { name: 'Run' }).click();
  const answer = (await (await called).json()) as { id: string; data: { label: string; scores: object[] }[] };
  expect(answer.data[0]?.scores).toHaveLength(3);
  await expect(page.getByText(answer.data[0]?.label ?? 'none').first()).toBeVisible();

  const method = page.getByLabel('Explain by');
  await expect(method.getByRole('option')).toHaveText([
    'Grad-CAM, 20 runs, $0.004000',
    'Leaving cells out, 69 runs, $0.013800',
    'LIME, 276 runs, $0.055200',
    'SHAP, 276 runs, $0.055200',
  ]);
  const looked = page.getByRole('button', { name: 'What it looked at' });
  const picture = page.getByRole('figure');
  for (const { by, cost, runs, heat } of [
    { by: 'grad-cam', cost: '$0.004000', runs: '20 runs,', heat: /^Which cells speak for [^,]*$/ },
    {
      by: 'occlusion',
      cost: '$0.013800',
      runs: '69 runs,',
      heat: /^Which cells speak for .*, and which against it$/,
    },
  ]) {
    await method.selectOption(by);
    // Another method is asked for only once somebody wants to see it.
    await expect(picture.getByRole('img', { name: /Which cells/ })).toHaveCount(0);
    const explained = page.waitForResponse(`${product.apiUrl}/v1/explanations`);
    await looked.click();
    expect(await (await explained).json()).toMatchObject({ method: by });
    await expect(picture.getByRole('img', { name: heat })).toBeVisible();
    await expect(page.getByText('with the strongest cells taken out first')).toBeVisible();
    await expect(page.getByText(runs).and(page.locator('p'))).toContainText(cost);
  }
  await expect(page).toHaveURL(/picture_method=occlusion/);
  await expect(page.getByRole('row')).toHaveCount(4);
});

test('on a phone the answer comes into view, which stands under the picture', async ({
  memberPage: page,
  console,
}) => {
  await page.setViewportSize({ width: 390, height: 667 });
  await open(page, `${console}/playground?task=images`);
  const answer = page.getByRole('heading', { name: 'Answer' });
  await expect(answer).not.toBeInViewport();
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(answer).toBeInViewport();
});

test('a conversation is written, stopped, and has its receipt', async ({
  memberPage: page,
  console,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/404/);
  await page.goto(`${console}/playground?task=text&max_tokens=12`);
  const said = page.getByRole('list', { name: 'What was said' }).getByRole('listitem');
  await page.getByRole('button', { name: 'Run' }).click();
  const slip = page.getByRole('region', { name: 'Slip', exact: true });
  await expect(slip).toContainText('tokens/s');
  await expect(said).toHaveCount(2);

  // Long, whatever the model would like.
  await page.getByLabel('Max tokens').fill('1500');
  await page.getByLabel('Answer as', { exact: true }).selectOption('schema');
  const text = { type: 'string', minLength: 1_000 };
  await page
    .getByLabel('JSON schema')
    .fill(JSON.stringify({ type: 'object', properties: { text }, required: ['text'] }));
  await page.getByLabel('Your message').fill('Tell a long story.');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(said).toHaveCount(4);
  await expect(said.last().locator('p')).not.toBeEmpty();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(said).toHaveCount(4);
  await expect(said.last()).toContainText('Stopped.');
  // It is in the ledger once the model has stopped too.
  const receipt = page.getByRole('dialog', { name: 'Receipt' });
  await expect(async () => {
    await said.last().getByRole('button', { name: 'Receipt' }).click();
    await expect(receipt)
      .toContainText('until settled', { timeout: 2_000 })
      .finally(() => receipt.getByRole('button', { name: 'Close' }).click());
  }).toPass();
  await page.getByRole('button', { name: 'Begin anew' }).click();
  await expect(said).toHaveCount(0);
});

test('an answer follows a schema, and a schema that is none is told where it is', async ({
  memberPage: page,
  console,
}) => {
  await page.goto(`${console}/playground?task=text&format=schema&temperature=0&max_tokens=100`);
  await page.getByLabel('Your message').fill('Invent a person.');
  await page.getByRole('button', { name: 'Run' }).click();
  const said = page.getByRole('list', { name: 'What was said' }).getByRole('listitem');
  await expect(page.getByRole('region', { name: 'Slip', exact: true })).toContainText('tokens/s');
  const text = await said.last().locator('p').first().innerText();
  expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['age', 'name']);
  await page.getByLabel('JSON schema').fill('{');
  await page.getByLabel('Your message').fill('Again.');
  await expect(page.getByText('A schema is a JSON object.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run' })).toBeDisabled();
});

test('a refusal stands in its place, and what was asked is not lost', async ({
  memberPage: page,
  console,
  product,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/400|429/);
  await page.goto(`${console}/playground?task=text`);
  await page.route(`${product.apiUrl}/v1/text/generate`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const message = 'Rate limit reached. Try again in 7 s.';
    const error = { message, type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' };
    const headers = {
      'retry-after': '7',
      'access-control-allow-origin': product.webUrl,
      'access-control-expose-headers': 'retry-after, x-request-id',
    };
    await route.fulfill({ status: 429, json: { error }, headers });
  });
  await page.getByLabel('Your message').fill('Tell me a story.');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText('Run it again in 7 s.')).toBeVisible();
  await expect(page.getByLabel('Your message')).toHaveValue('Tell me a story.');
  await page.unroute(`${product.apiUrl}/v1/text/generate`);
  await page.getByLabel('Max tokens').fill('20');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText('Run it again in 7 s.')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Slip', exact: true })).toContainText('tokens/s');
});
