import { describe, expect, it } from 'vitest';
import { batchLimits, fileLimits } from '#server/domain/rate-limits/schema.ts';
import { type CheckedFile, checkFile, lackingFor } from './check-file.ts';
import { nameEndpoint } from './name-endpoint.ts';

const { signal } = new AbortController();
const check = (...lines: readonly (string | object)[]): Promise<CheckedFile> =>
  checkFile(fileOf(...lines), { signal });
const fileOf = (...lines: readonly (string | object)[]) =>
  new Blob([lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')]);
const line = (more: object = {}) => ({
  custom_id: 'a',
  method: 'POST',
  url: '/v1/sentiment',
  body: { input: 'It works.' },
  ...more,
});
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(line()).filter(([name]) => !names.includes(name)));

describe('a file that is right', () => {
  it('is counted, with its path and its first lines', async () => {
    const body = { input: ['x', 'y'], top_k: 2, options: {}, long: 'z'.repeat(100), more: null };
    const checked = await check(line(), '', line({ custom_id: 'b', body }), '  ');
    expect(checked).toMatchObject({ lines: 2, endpoint: '/v1/sentiment', faults: [] });
    expect(checked.first).toEqual([
      { line: 1, customId: 'a', url: '/v1/sentiment', body: 'input: “It works.”' },
      {
        line: 3,
        customId: 'b',
        url: '/v1/sentiment',
        body: `input: 2 items, top_k: 2, options: {…}, long: “${'z'.repeat(60)}…”, …`,
      },
    ]);
  });

  it('may begin with the mark that editors write, and have the line ends of Windows', async () => {
    const checked = await check(
      `\uFEFF${JSON.stringify(line())}\r\n${JSON.stringify(line({ custom_id: 'b' }))}\r`,
    );
    expect(checked).toMatchObject({ lines: 2, faults: [] });
  });

  it('says how much of it was read', async () => {
    const read: number[] = [];
    const file = fileOf(line());
    await checkFile(file, { signal, onRead: (bytes) => read.push(bytes) });
    expect(read.at(-1)).toBe(file.size);
  });

  it('is told of what its path would refuse in each line', async () => {
    const checked = await check(line(), line({ custom_id: 'b', body: { text: 'x' } }));
    expect(lackingFor(checked, '/v1/sentiment')).toEqual({ lines: 1, first: 2 });
    expect(lackingFor(checked, '/v1/chat/completions')).toEqual({ lines: 2, first: 1 });
    expect(lackingFor(await check(line()), '/v1/sentiment')).toBeNull();
  });
});

describe('a file that is wrong', () => {
  it.each<[string, readonly (string | object)[], number | null, string]>([
    ['empty', [''], null, 'The file has no lines.'],
    ['not JSON', [line(), '{"custom_id":'], 2, 'The line is not JSON in UTF-8.'],
    ['a list', ['[1]'], 1, 'The line is not an object: {"custom_id": …, "body": {…}}.'],
    ['no custom_id', [without('custom_id')], 1, 'Give a custom_id, a text.'],
    ['an empty custom_id', [line({ custom_id: '' })], 1, 'custom_id is empty.'],
    ['a custom_id twice', [line(), line()], 2, 'An earlier line has this custom_id. Each must be its own.'],
    ['another method', [line({ method: 'GET' })], 1, 'method must be POST.'],
    ['no body', [without('body')], 1, 'Give the body, an object.'],
    ['a stream', [line({ body: { stream: true } })], 1, 'A line of a batch has nobody to stream to.'],
    [
      'a path that batches are not for',
      [line({ url: '/v1/explanations' })],
      1,
      'url is “/v1/explanations”, which is no path that batches are for.',
    ],
    ['an empty path', [line({ url: '' })], 1, 'url is “”, which is no path that batches are for.'],
    [
      'two paths',
      [line(), line({ custom_id: 'b', url: '/v1/embeddings' })],
      2,
      'url is /v1/embeddings, and that of line 1 is /v1/sentiment. A batch is for one path.',
    ],
    [
      'a path in some lines',
      [line(), { ...without('url'), custom_id: 'b' }],
      2,
      'url is none, and that of line 1 is /v1/sentiment. A batch is for one path.',
    ],
  ])('%s: the line is named', async (_, lines, at, sentence) => {
    expect((await check(...lines)).faults).toEqual([{ line: at, sentence }]);
  });

  it('is not read when it is too large', async () => {
    const file = { size: fileLimits.bytesMax + 1 } as Blob;
    const { faults } = await checkFile(file, { signal });
    expect(faults).toEqual([
      {
        line: null,
        sentence: 'The file has 101 MiB, and a file may have 100. Split it into several batches.',
      },
    ]);
  });

  it('has no more lines than a batch may have, and is read no further', async () => {
    const lines = Array.from({ length: batchLimits.linesMax + 2 }, (_, i) => line({ custom_id: `${i}` }));
    const { faults } = await check(...lines);
    expect(faults).toEqual([
      { line: batchLimits.linesMax + 1, sentence: `A batch has at most ${batchLimits.linesMax} lines.` },
    ]);
  });

  it('is told its first faults alone', async () => {
    const { faults } = await check(...Array.from({ length: 100 }, () => 'x'));
    expect(faults).toHaveLength(batchLimits.errorsMax);
  });
});

describe('a file that names no path', () => {
  it('leaves it open, and has the one that is chosen in each line, with all else as it was', async () => {
    const exact = '{"custom_id":"a","body":{"input":"x","seed":12345678901234567890}}';
    const file = fileOf(`\uFEFF${exact}\r`, '', { ...without('url'), custom_id: 'b' });
    expect(await checkFile(file, { signal })).toMatchObject({ endpoint: null, lines: 2, faults: [] });
    const named = await nameEndpoint(file, '/v1/sentiment');
    const text = await named.text();
    expect(text.split('\n')[0]?.trim().replace('\uFEFF', '')).toBe(
      `{"method":"POST","url":"/v1/sentiment",${exact.slice(1)}`,
    );
    const checked = await checkFile(named, { signal });
    expect(checked).toMatchObject({ endpoint: '/v1/sentiment', lines: 2, faults: [] });
    expect(checked.first.map((one) => one.line)).toEqual([1, 3]);
  });
});
