import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { answerShown, docSamples, shapeOf } from './doc-samples.ts';
import { expect, test } from './fixtures.ts';
import { runReceiver } from './run-receiver.ts';

const run = promisify(execFile);

test('the first call of the quick start runs as it is written', async ({ page, product }) => {
  await page.goto('/docs');
  const codeOf = async (language: string) => {
    await page.getByRole('tab', { name: language }).click();
    return page.getByLabel(`The first call, ${language}`).innerText();
  };
  const env = { ...process.env, MODELYARD_KEY: product.demoKey, FORCE_COLOR: '0' };
  const curl = await run('sh', ['-c', await codeOf('curl')], { env });
  expect(shapeOf(JSON.parse(curl.stdout))).toEqual(shapeOf(JSON.parse(await answerShown(page))));
  const script = await run(process.execPath, ['--input-type=module', '-e', await codeOf('TypeScript')], {
    env,
  });
  expect(script.stdout).toContain("object: 'sentiment'");
});

test('the explanation of the documents runs as it is written', async ({ page, product }) => {
  await page.goto('/docs/explanations');
  await page.getByRole('tablist', { name: 'A call: language' }).getByRole('tab', { name: 'curl' }).click();
  const code = await page.getByLabel('A call, curl').innerText();
  const env = { ...process.env, MODELYARD_KEY: product.demoKey };
  const { stdout } = await run('sh', ['-c', code], { env });
  const answer = JSON.parse(stdout) as {
    label: string;
    score: number;
    base_score: number;
    data: { text: string; value: number }[];
  };
  const values = new Map(answer.data.map(({ text, value }) => [text, value]));
  const sum = answer.data.reduce((all, { value }) => all + value, 0);
  expect(sum).toBeCloseTo(answer.score - answer.base_score, 6);
  expect(answer.label).toBe('positive');
  expect(values.get('wonderful') ?? 0).toBeGreaterThan(Math.max(0, values.get('thin') ?? 0));
});

test('the calls with pictures run as they are written, each with the same answer', async ({
  page,
  product,
}, info) => {
  await page.goto('/docs/images');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  await shell(await codeOf('A picture to try', 'shell'));

  type Scores = { label: string; score: number }[];
  const scoresOf = (stdout: string) =>
    (JSON.parse(stdout) as { data: { scores: Scores }[] }).data.map(({ scores }) => scores.slice(0, 3));
  const stdoutOfForm = await shell(await codeOf('A call', 'curl'));
  expect(shapeOf(JSON.parse(stdoutOfForm))).toEqual(shapeOf(JSON.parse(await answerShown(page))));
  const asForm = scoresOf(stdoutOfForm);
  expect(asForm[0]).toHaveLength(3);
  expect(scoresOf(await shell(await codeOf('Other ways', 'bytes')))).toEqual(asForm);
  expect(scoresOf(await shell(await codeOf('Other ways', 'base64')))).toEqual(asForm);
  expect(scoresOf(await shell(await codeOf('Other ways', 'several')))).toEqual([...asForm, ...asForm]);
  const stdout = await node(await codeOf('A call', 'TypeScript'));
  const lines = asForm[0]?.map(({ label, score }) => `${score.toFixed(3)} ${label}`);
  expect(stdout.trim().split('\n')).toEqual(lines);
});

test('the batches run as they are written, and answer each line once', async ({ page, product }, info) => {
  await page.goto('/docs/batches');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  const answers = (await shell(await codeOf('A batch', 'curl')))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { custom_id: string; response: { status_code: number } });
  expect(answers.map(({ custom_id: id }) => id).sort()).toEqual(['one', 'two']);
  for (const { response } of answers) expect(response.status_code).toBe(200);
  const lines = (await node(await codeOf('A batch', 'TypeScript'))).trim().split('\n').sort();
  expect(lines).toEqual([
    expect.stringMatching(/^line-0 (positive|neutral|negative)$/),
    expect.stringMatching(/^line-1 (positive|neutral|negative)$/),
  ]);
});

test('the explanation of a picture runs as it is written, each with the same cells', async ({
  page,
  product,
}, info) => {
  await page.goto('/docs/explanations');
  const folder = info.outputPath();
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, folder);
  await shell(await page.getByLabel('A picture to try, shell').innerText());

  const answer = JSON.parse(await shell(await codeOf('A call with a picture', 'curl'))) as {
    label: string;
    runs: number;
    usage: { price_micro_usd: number };
    data: { row: number; column: number; value: number }[];
    heat_map: { base64: string };
  };
  const cost = page.locator('#cost + p');
  await expect(cost).toContainText(
    `${answer.runs} runs, $${(answer.usage.price_micro_usd / 1e6).toFixed(6)}`,
  );
  const strongest = answer.data.toSorted((a, b) => b.value - a.value).slice(0, 3);
  const lines = strongest.map((cell) =>
    [answer.label, cell.row, cell.column, cell.value.toFixed(3)].join(' '),
  );
  const heat = Buffer.from(answer.heat_map.base64, 'base64');
  const stdout = await node(await codeOf('A call with a picture', 'TypeScript'));
  expect(stdout.trim().split('\n')).toEqual(lines);
  expect(await readFile(path.join(folder, 'heat.png'))).toEqual(heat);
});

test('the search by vectors runs as it is written, and finds what shares no word', async ({
  page,
  product,
}, info) => {
  await page.goto('/docs/embeddings');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  const answer = JSON.parse(await shell(await codeOf('A search', 'curl'))) as {
    model: string;
    data: { embedding: number[] }[];
  };
  expect(answer.model).toBe('text-embedding-1');
  expect(answer.data.map(({ embedding }) => embedding.length)).toEqual([384, 384]);
  const lines = (await node(await codeOf('A search', 'TypeScript'))).trim().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^0\.\d{3} Refunds/);
  expect((await node(await codeOf('Clients', 'TypeScript'))).trim()).toBe('2 384');
  const [cosine] = (await node(await codeOf('Clients', 'AI SDK'))).trim().split('\n');
  expect(Number(cosine)).toBeGreaterThan(0.2);
});

test('the calls for embeddings run as they are written, and find the picture itself first', async ({
  page,
  product,
}, info) => {
  await page.goto('/docs/embeddings');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  await shell(await codeOf('Pictures to try', 'shell'));

  const answer = JSON.parse(await shell(await codeOf('A call', 'curl'))) as {
    data: { embedding: number[] }[];
  };
  expect(answer.data.map(({ embedding }) => embedding.length)).toEqual([1280, 1280]);
  const stdout = await node(await codeOf('A call', 'TypeScript'));
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  expect(lines.map(([, file]) => file)).toEqual(['cat.jpg', 'coffee.jpg', 'rocket.jpg']);
  expect(lines[0]?.[0]).toBe('1.000');
  for (const [cosine] of lines.slice(1)) expect(Number(cosine)).toBeLessThan(0.5);
});

test('the calls that have a text written run as they are written', async ({ page, product }, info) => {
  await page.goto('/docs/text');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  const stdout = await shell(await codeOf('A stream', 'curl'));
  const events = stdout
    .trim()
    .split('\n\n')
    .map((event) => event.slice('event: '.length).split('\ndata: ') as [name: string, data: string]);
  expect(events[0]?.[0]).toBe('started');
  expect(events.slice(1, -1).every(([name]) => name === 'text')).toBe(true);
  expect(events.at(-1)?.[0]).toBe('finished');
  const shown = (await answerShown(page)).split('\n\n');
  for (const [event, at] of [
    [events[0], 0],
    [events[1], 1],
    [events.at(-1), -1],
  ] as const) {
    const [name, data = ''] = shown.at(at)?.slice('event: '.length).split('\ndata: ') ?? [];
    expect([name, shapeOf(JSON.parse(data))]).toEqual([event?.[0], shapeOf(JSON.parse(event?.[1] ?? ''))]);
  }
  const { usage } = JSON.parse(events.at(-1)?.[1] ?? '') as { usage: Record<string, number> };
  expect(usage.units).toBe((usage.input_tokens ?? 0) + (usage.output_tokens ?? 0));

  for (const sample of ['A stream', 'With OpenAI’s client']) {
    expect((await node(await codeOf(sample, 'TypeScript'))).trim()).not.toBe('');
  }
  const shaped = await shell(await page.getByLabel('A shape that is asked for, curl').innerText());
  const { data } = JSON.parse(shaped) as { data: { text: string; finish_reason: string }[] };
  expect(data[0]?.finish_reason).toBe('stop');
  expect(JSON.parse(data[0]?.text ?? '')).toEqual({ name: expect.any(String), age: expect.any(Number) });
});

test('the calls with OpenAI’s clients run as they are written, and with its variables alone', async ({
  page,
  product,
}, info) => {
  await page.goto('/docs/openai');
  const { codeOf, node, shell } = await docSamples(page, product.demoKey, info.outputPath());
  expect((await node(await codeOf('A chat', 'TypeScript'))).trim()).not.toBe('');
  expect((await node(await codeOf('Vectors', 'TypeScript'))).trim()).toBe('2 384');
  const address = await page.getByText('OPENAI_BASE_URL=').innerText();
  const script =
    'const o = new (await import("openai")).default(); console.log((await o.models.retrieve("text-1")).id)';
  const variables = `${address} OPENAI_API_KEY=$MODELYARD_KEY`;
  expect((await shell(`${variables} node --input-type=module -e '${script}'`)).trim()).toBe('text-1');
});

test('the calls with Hugging Face’s clients run as they are written', async ({ page, product }, info) => {
  await page.goto('/docs/hugging-face');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  const linesOf = (labels: { label: string; score: number }[]) =>
    labels.map(({ label, score }) => `${score.toFixed(3)} ${label}`);
  await shell(await page.getByLabel('A picture to try, shell').innerText());

  const nested = JSON.parse(await shell(await codeOf('Labels of a text', 'curl'))) as [
    { label: string; score: number }[],
  ];
  expect(nested[0][0]?.label).toBe('positive');
  const texts = await node(await codeOf('Labels of a text', 'TypeScript'));
  expect(texts.trim().split('\n')).toEqual(linesOf(nested[0]));

  const flat = JSON.parse(await shell(await codeOf('Labels of a picture', 'curl'))) as {
    label: string;
    score: number;
  }[];
  const pictures = await node(await codeOf('Labels of a picture', 'TypeScript'));
  expect(pictures.trim().split('\n')).toEqual(linesOf(flat));

  expect((await node(await codeOf('A chat', 'TypeScript'))).trim()).not.toBe('');
  const events = (await shell(await codeOf('A text in events', 'curl')))
    .trim()
    .split('\n\n')
    .map(
      (event) =>
        JSON.parse(event.slice('data: '.length)) as { token: { text: string }; generated_text: string },
    );
  expect(events.map(({ token }) => token.text).join('')).toBe(events.at(-1)?.generated_text);
});

test('the calls for usage and receipts run as they are written', async ({ page, product }, info) => {
  await page.goto('/docs/usage');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());

  const receipts = [
    JSON.parse(await shell(await codeOf('A call and its receipt', 'curl'))),
    JSON.parse(await node(await codeOf('A call and its receipt', 'TypeScript'))),
  ] as { id: string; object: string; status: string; units: number }[];
  const [first, second] = receipts;
  expect(first).toMatchObject({ object: 'receipt', task: 'sentiment', status: '2xx', unit: 'token' });
  expect(second).toMatchObject({ object: 'receipt', status: '2xx', units: first?.units });
  expect(second?.id).not.toBe(first?.id);

  const usage = JSON.parse(await shell(await codeOf('By day and model', 'curl'))) as {
    data: { model_version: string; requests: number; price_micro_usd: number }[];
    has_more: boolean;
  };
  expect(usage.has_more).toBe(false);
  const sentiment = usage.data.find((row) => row.model_version.startsWith('sentiment-1'));
  expect(sentiment?.requests).toBeGreaterThanOrEqual(2);
  const lines = (await node(await codeOf('By day and model', 'TypeScript'))).trim().split('\n');
  expect(lines).toHaveLength(usage.data.length);
});

test('feedback is refused until it is switched on, and then runs as it is written', async ({
  memberPage: page,
  console,
  product,
}, info) => {
  const settings = `${console}/settings`;
  await page.goto('/docs/feedback');
  const { codeOf, shell, node } = await docSamples(page, product.demoKey, info.outputPath());
  const curl = await codeOf('An answer put right', 'curl');
  const typescript = await codeOf('An answer put right', 'TypeScript');
  expect(JSON.parse(await shell(curl))).toMatchObject({ error: { code: 'storage_not_allowed' } });
  await page.goto(settings);
  await page.getByRole('button', { name: 'Keep feedback' }).click();
  await expect(page.getByText('0 kept')).toBeVisible();
  expect(JSON.parse(await shell(curl))).toMatchObject({ object: 'feedback', label: 'negative', index: 0 });
  expect(await node(typescript)).toContain("label: 'negative'");
  await page.goto(settings);
  await page.getByRole('button', { name: 'Stop, and delete 2' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByText('2 kept')).toBeVisible();
  await page.getByRole('button', { name: 'Stop, and delete 2' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop and delete' }).click();
  await expect(page.getByRole('button', { name: 'Keep feedback' })).toBeVisible();
});

test('the calls that are sent twice run as they are written, and are answered once', async ({
  page,
  product,
}) => {
  await page.goto('/docs/errors');
  const codeOf = async (name: string) => {
    await page.getByRole('tab', { name }).click();
    return page.getByLabel(`The same call twice, ${name}`).innerText();
  };
  const env = { ...process.env, MODELYARD_KEY: product.demoKey, FORCE_COLOR: '0' };
  const { stdout } = await run('sh', ['-c', await codeOf('curl')], { env });
  const [first, second] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first.object).toBe('sentiment');
  expect(second.error).toMatchObject({
    code: 'already_completed',
    receipt: { id: first.id, ...unitsOf(first) },
  });
  const script = ['--input-type=module', '-e', await codeOf('OpenAI, TypeScript')];
  const printed = (await run(process.execPath, script, { env })).stdout.trim().split('\n');
  expect(printed.at(-1)).toMatch(/^req_[0-9a-f]{32} \d+$/);
});

const unitsOf = ({ usage: { units } }: { usage: { units: number } }) => ({ units });

test('the receiver takes the delivery of the documents, and no other', async ({ page }, info) => {
  await page.goto('/docs/webhooks');
  const { codeOf } = await docSamples(page, '', info.outputPath());
  const receiver = {
    program: process.execPath,
    args: ['--input-type=module', '-e', await codeOf('A receiver', 'TypeScript')],
    cwd: info.outputPath(),
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 30_000,
  };
  const delivery = await codeOf('A delivery', 'curl');
  expect(await runReceiver({ ...receiver, delivery })).toMatch(
    /^evt_[0-9a-f]{32} webhook.test {"id":"by-hand"}\n$/,
  );
  const forged = `WEBHOOK_SECRET=whsec_YW5vdGhlcg==\n${delivery}`;
  await expect(runReceiver({ ...receiver, delivery: forged })).rejects.toThrow('The signature is wrong.');
});

test('every path of the description is listed, and no other', async ({ page, request, product }) => {
  const { paths } = (await (await request.get(`${product.apiUrl}/v1/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const described = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/') && path !== '/v1/openapi.json')
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  await page.goto('/docs/paths');
  const listed = await page.getByRole('main').getByRole('rowheader').allInnerTexts();
  expect(listed.toSorted()).toEqual(described.toSorted());
});

test('the errors are documented as the API answers them', async ({ page, request, product }) => {
  await page.goto('/docs/errors');
  const rows = await page.getByRole('region', { name: 'Codes' }).getByRole('row').allInnerTexts();
  const documented = new Map(
    rows
      .slice(1)
      .map((row) => row.split(/\s+/))
      .map(([status, code]) => [code, Number(status)]),
  );

  const bearer = { authorization: `Bearer ${product.demoKey}` };
  const json = { 'content-type': 'application/json' };
  const calls: { headers: Record<string, string>; data: string | object | Buffer }[] = [
    { headers: {}, data: { input: 'x' } },
    { headers: { authorization: 'Bearer my_live_cut' }, data: { input: 'x' } },
    { headers: bearer, data: { input: '' } },
    { headers: bearer, data: { input: 'x', flavour: 'mild' } },
    { headers: { ...bearer, ...json }, data: Buffer.from('{') },
    { headers: { ...bearer, 'content-type': 'text/plain' }, data: 'x' },
    { headers: bearer, data: { input: 'x', model: 'no-such-model' } },
    { headers: bearer, data: { input: 'word '.repeat(3_000) } },
    { headers: { ...bearer, ...json }, data: `"${'x'.repeat(2 ** 21)}"` },
  ];
  const seen = new Set<string>();
  for (const call of calls) {
    const response = await request.post(`${product.apiUrl}/v1/sentiment`, call);
    const { error } = (await response.json()) as { error: { code: string } };
    seen.add(error.code);
    expect.soft(documented.get(error.code), error.code).toBe(response.status());
  }
  expect(seen.size).toBe(calls.length);
});
