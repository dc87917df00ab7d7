import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import { parsePublicRequestId } from '#server/domain/usage/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { fakeImageClassifier } from '#workers/model-runtime/fake/fake-image-classifier.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { type FormEntry, formOf, gif, png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;
let workspaceId: string;

/** Serves pictures on the loopback, which this gateway alone is let to. */
let server: Server;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  workspaceId = (await createWorkspace(database.prisma)).id;
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  server = createServer((_request, response) => void response.end(png));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  door = gatewayUnderTest(database, {
    outbound: { policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true } },
  });
});
afterAll(async () => {
  server.close();
  await database.drop();
});

const base64 = png.toString('base64');
const send = (options: CallOptions, through = door) =>
  call(through, { key, path: '/v1/explanations', ...options });
const explain = (body: object, through = door) => send({ body: { input: { base64 }, ...body } }, through);
const explainForm = (...entries: readonly FormEntry[]) =>
  send({ rawBody: formOf(...entries), contentType: null });

/** What the ledger has of this workspace: rows, units, and what is still held. */
async function ledger() {
  const [sums] = await database.prisma.$queryRaw<{ spent: bigint; held: bigint }[]>`
    SELECT coalesce(sum(spent_units), 0)::bigint spent, coalesce(sum(held_units + held_requests), 0)::bigint held
    FROM allowances WHERE workspace_id = ${workspaceId}::uuid AND period_start > '2000-01-01'`;
  return { spent: Number(sums?.spent ?? 0), held: Number(sums?.held ?? 0) };
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
}

// The fake model sees, of a picture of 60 by 40, the square of 35 from 12.5, 2.5: dark, with a white patch in its middle.
describe('a picture', () => {
  it('has a value for every cell, where it lies in the picture, and the patch has them all', async () => {
    const { status, json } = await explain({ grid: 5 });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      object: 'explanation',
      model: 'image-1',
      method: 'occlusion',
      wordnet_id: expect.stringMatching(/^n\d{8}$/),
      score: 0.5,
      base_score: 0,
      picture: { width: 60, height: 40 },
      grid: 5,
      seed: 0,
    });
    const cells: Cell[] = json.data;
    expect(cells).toHaveLength(25);
    expect(cells[7]).toMatchObject({ row: 1, column: 2, left: 26.5, top: 9.5, width: 7, height: 7 });
    const important = cells.filter(({ value }) => value > 0);
    expect(important).toEqual([expect.objectContaining({ row: 2, column: 2, value: 0.5 })]);
    expect(json.faithfulness.deletion_area).toBeLessThan(json.faithfulness.insertion_area);
  });

  it.each(['occlusion', 'lime', 'shap'])(
    '%s says the same of the same seed, however it is sent',
    async (method) => {
      const options = { method, grid: 4, samples: 64, seed: 7 };
      const texts = Object.entries(options).map(([name, value]): FormEntry => [name, String(value)]);
      const ways = [
        await explain(options),
        await explain({ ...options, input: { base64: `data:image/png;base64,${base64}` } }),
        await explain({ ...options, input: { url } }),
        await explainForm(['image', png], ...texts),
      ];
      for (const { status, json } of ways) {
        expect(status).toBe(200);
        expect({ ...json, id: '' }).toEqual({ ...ways[0]?.json, id: '' });
      }
      if (method === 'occlusion') return;
      const other = await explain({ ...options, seed: 8 });
      expect(other.json.data).not.toEqual(ways[0]?.json.data);
    },
  );

  it("adds up to the score less the empty picture's, by shap", async () => {
    const { json } = await explain({ method: 'shap', grid: 4, samples: 100 });
    const sum = json.data.reduce((all: number, { value }: Cell) => all + value, 0);
    expect(sum).toBeCloseTo(json.score - json.base_score, 9);
  });

  it('has a heat map of its aspect, coloured where the values are', async () => {
    const { json } = await explain({ grid: 5 });
    const { width, height, full_value: fullValue } = json.heat_map;
    expect([width, height, fullValue]).toEqual([512, 341, 0.5]);
    const { data } = await sharp(Buffer.from(json.heat_map.base64, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const opacityAt = ({ left, top, width: w, height: h }: Cell) => {
      const [x, y] = [left + w / 2, top + h / 2].map((at) => Math.floor((at * 512) / 60)) as [number, number];
      return data[4 * (y * width + x) + 3];
    };
    for (const cell of json.data as Cell[]) expect(opacityAt(cell) !== 0).toBe(cell.value !== 0);
  });

  it('costs a unit a run, at the price of images, and holds nothing after', async () => {
    const before = await ledger();
    const { json } = await explain({});
    // The whole, the empty one, 49 cells, twice 9 steps of faithfulness.
    expect(json.runs).toBe(2 + 49 + 18);
    expect(json.usage).toEqual({ images: 69, units: 69, price_micro_usd: 69 * 200 });
    expect(await ledger()).toEqual({ spent: before.spent + 69, held: 0 });
    expect(
      await database.prisma.usageRecord.findUnique({ where: { id: parsePublicRequestId(json.id) ?? '' } }),
    ).toMatchObject({
      task: 'image-classification',
      modelVersion: door.imageRuntime.model.version,
      inputUnits: 69n,
      priceMicroUsd: 13_800n,
      unit: 'image',
    });
  });

  it('by grad-cam has what the places of the last features do, in twenty runs', async () => {
    const before = await ledger();
    const { status, json } = await explain({ method: 'grad-cam', grid: 4 });
    expect(status).toBe(200);
    expect(json).toMatchObject({ method: 'grad-cam', score: 0.5, base_score: 0, grid: 4, runs: 20 });
    // The fake model's map is -1, 2, 0, 3: each of its places has four cells.
    const values = json.data.map(({ value }: Cell) => value);
    expect(values).toEqual([0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0.75, 0.75, 0, 0, 0.75, 0.75]);
    expect(json.heat_map.full_value).toBe(0.75);
    expect(json.faithfulness.insertion_area).toBeGreaterThan(0);
    expect(await ledger()).toEqual({ spent: before.spent + 20, held: 0 });
  });

  it('by grad-cam is refused where the model gives no maps, and nothing billed', async () => {
    const without = gatewayUnderTest(database, { imageRuntime: fakeImageClassifier({ hasMaps: false }) });
    const before = await ledger();
    const { status, json } = await explain({ method: 'grad-cam' }, without);
    expect({ status, param: json.error.param }).toEqual({ status: 400, param: 'method' });
    expect((await explain({ method: 'lime', samples: 128 }, without)).status).toBe(200);
    expect((await ledger()).spent - before.spent).toBe(1 + 1 + 128 + 18);
  });

  it('is decoded once, however many the runs', async () => {
    const counted = gatewayUnderTest(database);
    await explain({ method: 'lime', samples: 128 }, counted);
    const asked = (counted.imageRuntime as typeof counted.imageRuntime & { batches: { kind?: string }[][] })
      .batches;
    const kinds = asked.flat().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'see')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'masked')).toHaveLength(1 + 128 + 18);
  });

  it('is explained for the label that is asked for, by its name or its WordNet id', async () => {
    const named = await explain({ label: 'macaw', grid: 4 });
    expect(named.json).toMatchObject({ label: 'macaw', wordnet_id: 'n01818515' });
    const byId = await explain({ label: 'n01818515', grid: 4 });
    expect({ ...byId.json, id: '' }).toEqual({ ...named.json, id: '' });
  });

  it('needs the scope of images, and a text that of sentiment', async () => {
    const only = async (scope: 'images' | 'sentiment') =>
      (await createApiKey(database.prisma, { workspaceId, scopes: [scope] })).key;
    const [pictures, texts] = [await only('images'), await only('sentiment')];
    const body = { input: { base64 }, grid: 4 };
    expect((await send({ key: pictures, body })).status).toBe(200);
    expect((await send({ key: texts, body })).json.error).toMatchObject({ code: 'scope_missing' });
    expect((await send({ key: texts, body: { input: 'a dull film' } })).status).toBe(200);
    expect((await send({ key: pictures, body: { input: 'a dull film' } })).json.error).toMatchObject({
      code: 'scope_missing',
    });
  });
});

describe('refused, and nothing billed', () => {
  const { gridMin, gridMax, samplesMax } = explanationLimits;
  const notBase64 = { input: { base64: 'a b' } };
  it.each([
    ['both sources', { input: { base64, url: 'http://example.com/' } }, 400, 'input'],
    ['no source', { input: {} }, 400, 'input'],
    ['a list of pictures', { input: [{ base64 }] }, 400, 'input'],
    ['null', { input: null }, 400, 'input'],
    ['what is not base64', notBase64, 400, 'input.base64'],
    ['an empty picture', { input: { base64: '' } }, 400, 'input.base64'],
    ['no picture', { input: { base64: 'bm8gcGljdHVyZQ==' } }, 422, 'input.base64'],
    ['a private address', { input: { url: 'http://10.0.0.1/' } }, 422, 'input.url'],
    ['a grid too coarse', { grid: gridMin - 1 }, 400, 'grid'],
    ['a grid too fine', { grid: gridMax + 1 }, 400, 'grid'],
    ['half a cell', { grid: 4.5 }, 400, 'grid'],
    ['a grid as text', { grid: '7' }, 400, 'grid'],
    ['another method', { method: 'attention' }, 400, 'method'],
    ['a text by a method of pictures', { input: 'a dull film', method: 'grad-cam' }, 400, 'method'],
    ['a label that is none', { label: 'unicorn' }, 400, 'label'],
    ['a label of a prototype', { label: '__proto__' }, 400, 'label'],
    ['a label as a number', { label: 3 }, 400, 'label'],
    ['too many samples', { method: 'lime', samples: samplesMax + 1 }, 400, 'samples'],
    ['samples too few for the cells', { method: 'shap', samples: 97 }, 400, 'samples'],
    ['a seed below zero', { seed: -1 }, 400, 'seed'],
    ['an unknown field', { depth: 3 }, 400, 'depth'],
    ['another model', { model: 'sentiment-1' }, 404, 'model'],
    ['a picture for the model of texts', { model: 'sentiment-1', grid: 4 }, 404, 'model'],
    ['a text with a grid', { input: 'a dull film', grid: 4 }, 400, 'grid'],
    ['a text for the model of pictures', { input: 'a dull film', model: 'image-1' }, 404, 'model'],
  ])('%s', async (_name, body, wanted, param) => {
    const before = await ledger();
    const { status, json, text } = await explain(body);
    expect({ status, param: json.error?.param }).toEqual({ status: wanted, param });
    expect(json.error.message).toMatch(/[.]$/);
    expect(text).not.toMatch(/unicorn|\n +at |node_modules|Zod/);
    expect(await ledger()).toEqual(before);
  });

  it.each([[[{ base64 }]], [['a dull film']], [null], [7], [undefined]])(
    '400 for input %j, which says what there may be',
    async (input) => {
      const { json } = await explain({ input });
      expect(json.error).toMatchObject({
        code: 'invalid_request',
        param: 'input',
        message: 'input is one text, or one picture: {"url": …} or {"base64": …}.',
      });
    },
  );

  it.each([
    ['no part', [], 'image', 400],
    [
      'two pictures',
      [
        ['image', png],
        ['image', gif],
      ],
      'image',
      413,
    ],
    [
      'an option of another path',
      [
        ['image', png],
        ['top_k', '3'],
      ],
      'top_k',
      400,
    ],
    [
      'a grid that is no number',
      [
        ['image', png],
        ['grid', 'seven'],
      ],
      'grid',
      400,
    ],
    ['what is no picture', [['image', 'no picture']], 'image', 422],
  ] as [string, FormEntry[], string, number][])('a form with %s', async (_name, entries, param, wanted) => {
    const before = await ledger();
    const { status, json } = await explainForm(...entries);
    expect({ status, param: json.error?.param }).toEqual({ status: wanted, param });
    expect(await ledger()).toEqual(before);
  });

  it('a body that is a picture alone, or text', async () => {
    for (const contentType of ['image/png', 'text/plain']) {
      const { status, json } = await send({ rawBody: png, contentType });
      expect([status, json.error.code]).toEqual([415, 'unsupported_media_type']);
    }
  });

  it('a model that fails halfway', async () => {
    let runs = 0;
    const failing = gatewayUnderTest(database, { imageModel: { failOn: () => ++runs > 30 } });
    const before = await ledger();
    const { status, json } = await explain({}, failing);
    expect([status, json.error.code]).toEqual([503, 'model_unavailable']);
    expect(await ledger()).toEqual(before);
  });

  it('a picture that is damaged, by its name', async () => {
    const refusing = gatewayUnderTest(database, { imageModel: { refuseOn: () => 'damaged' } });
    const { status, json } = await explain({}, refusing);
    expect([status, json.error.code, json.error.param]).toEqual([422, 'image_unreadable', 'input.base64']);
  });

  it('one that takes too long in all, though each of its runs is fast', async () => {
    const slow = gatewayUnderTest(database, {
      imageModel: { latencyMs: 20, batchItemsMax: 1 },
      requestTimeoutMs: 300,
    });
    const before = await ledger();
    const startedAt = performance.now();
    const { status, json } = await explain({}, slow);
    expect([status, json.error.code]).toEqual([503, 'overloaded']);
    expect(performance.now() - startedAt).toBeLessThan(1_200);
    expect(await ledger()).toEqual(before);
  });

  it('a caller who leaves', async () => {
    const slow = gatewayUnderTest(database, { imageModel: { latencyMs: 100, batchItemsMax: 4 } });
    const before = await ledger();
    await send({ body: { input: { base64 } }, signal: AbortSignal.timeout(250) }, slow);
    expect(await ledger()).toEqual(before);
  });

  it('more than is left of the quota, to the unit: nothing of it is run', async () => {
    const answers = [];
    for (const quotaUnits of [69, 68]) {
      const narrow = await createWorkspace(database.prisma, { quotaUnits });
      const { key: spent } = await createApiKey(database.prisma, { workspaceId: narrow.id });
      const { status, json } = await send({ key: spent, body: { input: { base64 } } });
      answers.push([status, json.error?.code]);
    }
    expect(answers).toEqual([
      [200, undefined],
      [429, 'insufficient_quota'],
    ]);
  });
});
