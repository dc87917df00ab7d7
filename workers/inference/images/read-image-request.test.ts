import { describe, expect, it } from 'vitest';
import { DomainError } from '#server/domain/errors.ts';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { ImageRequest } from './image-request.ts';
import { readImageRequest } from './read-image-request.ts';

/** The first bytes of a JPEG, and some more: nothing here looks further. */
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]);

const read = (body: Uint8Array | string, contentType: string) =>
  readImageRequest({ contentType, readBody: async () => Buffer.from(body), pieces: async function* () {} });
const readJson = (value: unknown) => read(JSON.stringify(value), 'application/json');
const readForm = async (...entries: readonly (readonly [string, string | Uint8Array])[]) => {
  const form = new FormData();
  for (const [name, value] of entries) {
    form.append(name, typeof value === 'string' ? value : new Blob([Buffer.from(value)]));
  }
  const response = new Response(form);
  return read(new Uint8Array(await response.arrayBuffer()), response.headers.get('content-type') ?? '');
};

async function refusal(reading: Promise<ImageRequest>) {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DomainError)) throw new Error('It was not refused.');
  return { code: error.code, param: error.param, message: error.message };
}

describe('as a form', () => {
  it('takes one picture, or several in their order, with options as texts', async () => {
    expect(await readForm(['image', jpeg])).toEqual({
      pictures: [{ kind: 'bytes', bytes: jpeg, param: 'image' }],
      top_k: imageLimits.topKDefault,
    });
    const read = await readForm(
      ['top_k', '3'],
      ['image', jpeg],
      ['abstain_below', '0.25'],
      ['image', Buffer.concat([jpeg, jpeg])],
      ['model', '1'],
    );
    expect(read).toMatchObject({ top_k: 3, abstain_below: 0.25, model: '1' });
    expect(read.pictures.map((picture) => picture.param)).toEqual(['image[0]', 'image[1]']);
  });

  it('takes options as Python and JavaScript write them', async () => {
    const read = await readForm(['image', jpeg], ['abstain_below', '1e-05'], ['explain', 'True']);
    expect(read).toMatchObject({ abstain_below: 0.00001, explain: true });
    expect(await readForm(['image', jpeg], ['explain', 'False'])).toMatchObject({ explain: false });
    for (const text of ['1e', 'e5', '1e999', '0x1', '1e-05 ', '--1']) {
      const refused = await refusal(readForm(['image', jpeg], ['abstain_below', text]));
      expect(refused, text).toMatchObject({ code: 'invalid_request', param: 'abstain_below' });
    }
  });

  it.each([
    ['nothing', [], 'image', 'invalid_request'],
    ['an option alone', [['top_k', '3']], 'image', 'invalid_request'],
    ['an empty part', [['image', new Uint8Array()]], 'image', 'invalid_request'],
    [
      'an empty part among others',
      [
        ['image', jpeg],
        ['image', ''],
      ],
      'image[1]',
      'invalid_request',
    ],
    ['another name', [['file', jpeg]], 'file', 'unknown_field'],
    [
      'another name after a picture',
      [
        ['image', jpeg],
        ['top-k', '3'],
      ],
      'top-k',
      'unknown_field',
    ],
    [
      'a prototype',
      [
        ['image', jpeg],
        ['__proto__', '3'],
      ],
      '__proto__',
      'unknown_field',
    ],
    ['a very long name', [['x'.repeat(500), jpeg]], `${'x'.repeat(64)}…`, 'unknown_field'],
    [
      'an option twice',
      [
        ['image', jpeg],
        ['top_k', '3'],
        ['top_k', '4'],
      ],
      'top_k',
      'invalid_request',
    ],
    [
      'an option that is no number',
      [
        ['image', jpeg],
        ['top_k', 'five'],
      ],
      'top_k',
      'invalid_request',
    ],
    [
      'an option that is empty',
      [
        ['image', jpeg],
        ['abstain_below', ''],
      ],
      'abstain_below',
      'invalid_request',
    ],
    [
      'an option out of range',
      [
        ['image', jpeg],
        ['top_k', '101'],
      ],
      'top_k',
      'invalid_request',
    ],
  ] as const)('refuses %s', async (_name, entries, param, code) => {
    expect(await refusal(readForm(...entries))).toMatchObject({ code, param });
  });

  it('refuses the 33rd picture, and 10,000 tiny parts, before it reads the rest', async () => {
    const many = Array.from({ length: 500 }, () => ['image', jpeg] as const);
    expect(await refusal(readForm(...many))).toEqual({
      code: 'payload_too_large',
      param: 'image',
      message: 'A request has at most 32 pictures.',
    });
    const part = '--b\r\nContent-Disposition: form-data; name="top_k"\r\n\r\n1\r\n';
    const tiny = `${part.repeat(10_000)}--b--`;
    expect(await refusal(read(tiny, 'multipart/form-data; boundary=b'))).toMatchObject({ param: 'top_k' });
    const empty = `--b\r\nContent-Disposition: form-data; name="image"\r\n\r\n\r\n`.repeat(10_000);
    expect(await refusal(read(empty, 'multipart/form-data; boundary=b'))).toMatchObject({
      code: 'payload_too_large',
    });
  });

  it('refuses a picture over the limit by its name', async () => {
    const large = new Uint8Array(imageLimits.pictureBytesMax + 1);
    expect(await refusal(readForm(['image', jpeg], ['image', large]))).toMatchObject({
      code: 'payload_too_large',
      param: 'image[1]',
    });
  });
});

describe('as JSON', () => {
  const base64 = jpeg.toString('base64');

  it('takes a URL, bytes in base64, a data: URL, or a list of them', async () => {
    expect((await readJson({ input: { url: 'https://example.com/a.jpg' }, top_k: 1 })).pictures).toEqual([
      { kind: 'url', url: 'https://example.com/a.jpg', param: 'input.url' },
    ]);
    const input = [{ base64 }, { base64: `data:image/jpeg;base64,${base64}` }, { url: 'x' }];
    expect((await readJson({ input })).pictures).toEqual([
      { kind: 'bytes', bytes: jpeg, param: 'input[0].base64' },
      { kind: 'bytes', bytes: jpeg, param: 'input[1].base64' },
      { kind: 'url', url: 'x', param: 'input[2].url' },
    ]);
  });

  it.each([
    'data:image/jpeg;charset=utf-8;base64,',
    'data:image/jpeg;name="a-b.jpg";x=1;base64,',
    'data:application/octet-stream;base64,',
    'data:image/*;base64,',
    'data:;base64,',
    'DATA:IMAGE/JPEG;BASE64,',
  ])('takes bytes behind %s as it takes them alone', async (start) => {
    const { pictures } = await readJson({ input: { base64: `${start}${base64}` } });
    expect(pictures).toEqual([{ kind: 'bytes', bytes: jpeg, param: 'input.base64' }]);
  });

  it.each([
    ['a list', [], undefined, 'invalid_request'],
    ['nothing', {}, 'input', 'invalid_request'],
    ['a text', { input: 'https://example.com/a.jpg' }, 'input', 'invalid_request'],
    ['neither', { input: {} }, 'input', 'invalid_request'],
    ['both', { input: { url: 'x', base64 } }, 'input', 'invalid_request'],
    ['neither in a list', { input: [{ base64 }, {}] }, 'input[1]', 'invalid_request'],
    ['an empty list', { input: [] }, 'input', 'invalid_request'],
    ['a text in a list', { input: [{ base64 }, 'x'] }, 'input[1]', 'invalid_request'],
    ['a number as URL', { input: { url: 7 } }, 'input.url', 'invalid_request'],
    ['a long URL', { input: [{ url: 'x'.repeat(3_000) }] }, 'input[0].url', 'input_too_long'],
    ['another field', { input: { base64 }, crop: true }, 'crop', 'unknown_field'],
    ['another field of a picture', { input: { base64, name: 'x' } }, 'input.name', 'unknown_field'],
    ['another field in a list', { input: [{ base64, name: 'x' }] }, 'input[0].name', 'unknown_field'],
    ['top_k as a text', { input: { base64 }, top_k: '5' }, 'top_k', 'invalid_request'],
    ['top_k of 0', { input: { base64 }, top_k: 0 }, 'top_k', 'invalid_request'],
    ['abstain_below over 1', { input: { base64 }, abstain_below: 1.1 }, 'abstain_below', 'invalid_request'],
    ['500 pictures', { input: new Array(500).fill({ base64 }) }, 'input', 'payload_too_large'],
    ['nothing in base64', { input: { base64: '' } }, 'input.base64', 'invalid_request'],
    [
      'an empty data: URL',
      { input: { base64: 'data:image/png;base64,' } },
      'input.base64',
      'invalid_request',
    ],
  ])('refuses %s', async (_name, body, param, code) => {
    const refused = await refusal(readJson(body));
    expect(refused).toMatchObject({ code, param });
    expect(refused.message).not.toMatch(/Invalid input|expected/);
  });

  it.each([
    ['line breaks', `${base64.slice(0, 4)}\n${base64.slice(4)}`],
    ['no padding', 'AAAAA'],
    ['too much padding', 'A==='],
    ['padding inside', 'AA==AAAA'],
    ['the alphabet for URLs', '_-__'],
    ['a data: URL of text', 'data:text/html;base64,AAAA'],
    ['a data: URL without base64', 'data:image/svg+xml,AAAA'],
    ['a data: URL with half a parameter', 'data:image/png;charset;base64,AAAA'],
    ['a data: URL with more parameters than anybody writes', `data:${';a='.repeat(6_000_000)};base64,AAAA`],
    ['a URL', 'https://example.com/'],
  ])('refuses base64 with %s', async (_name, text) => {
    expect(await refusal(readJson({ input: [{ base64: text }] }))).toMatchObject({
      code: 'invalid_request',
      param: 'input[0].base64',
    });
  });

  it('refuses a picture over the limit, and what is not JSON', async () => {
    const large = Buffer.alloc(imageLimits.pictureBytesMax + 1).toString('base64');
    expect(await refusal(readJson({ input: { base64: large } }))).toMatchObject({
      code: 'payload_too_large',
      param: 'input.base64',
    });
    expect(await refusal(read('{', 'application/json'))).toMatchObject({ code: 'invalid_json' });
  });
});

describe('as it is', () => {
  it.each([
    '',
    'image/jpeg',
    'image/*',
    'image/svg+xml; x=y',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
  ])('takes the bytes of a picture that are declared as %j', async (contentType) => {
    expect(await read(jpeg, contentType)).toEqual({
      pictures: [{ kind: 'bytes', bytes: jpeg, param: undefined }],
      top_k: imageLimits.topKDefault,
    });
  });

  it.each(['', 'application/octet-stream', 'application/x-www-form-urlencoded'])(
    'takes pictures whose size looks like the beginning of a form, declared as %j',
    async (contentType) => {
      const wide = [61, 317].map((width) =>
        Buffer.from([...Buffer.from('GIF89a'), width & 255, width >> 8, 1, 0]),
      );
      // RIFF says the length of what follows: 0x3d30.
      const webp = Buffer.from('RIFF0=\0\0WEBPVP8 ', 'latin1');
      for (const bytes of [...wide, webp]) {
        expect((await read(bytes, contentType)).pictures).toMatchObject([{ kind: 'bytes', bytes }]);
      }
    },
  );

  it.each([
    ['JSON without its type', '{"input": {"url": "x"}}', ''],
    ['JSON as curl declares it', '{"input": {"url": "x"}}', 'application/x-www-form-urlencoded'],
    ['an HTML form', 'url=https%3A%2F%2Fexample.com', 'application/x-www-form-urlencoded'],
    ['text', 'a cat', 'text/plain'],
    ['another charset', '{}', 'application/json; charset=latin1'],
    ['another multipart', 'x', 'multipart/mixed; boundary=b'],
  ])('refuses %s', async (_name, body, contentType) => {
    expect(await refusal(read(body, contentType))).toMatchObject({
      code: 'unsupported_media_type',
      param: undefined,
    });
  });

  it('refuses nothing at all', async () => {
    expect(await refusal(read('', ''))).toMatchObject({ code: 'invalid_request', param: undefined });
    expect(await refusal(read('', 'image/png'))).toMatchObject({ code: 'invalid_request' });
  });
});
