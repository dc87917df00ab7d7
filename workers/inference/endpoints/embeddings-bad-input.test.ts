import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { embeddingLimits, imageLimits, requestLimits } from '#server/domain/rate-limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import {
  type CallOptions,
  call,
  type GatewayUnderTest,
  gatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { type FormEntry, formOf, png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  door = gatewayUnderTest(database);
});
afterAll(() => database.drop());

/** After each: nothing billed, nothing held, and the next request is answered. */
afterEach(async () => {
  const [sums] = await database.prisma.$queryRaw<{ units: bigint; price: bigint; held: bigint }[]>`
    SELECT coalesce(sum(spent_units), 0)::bigint units, coalesce(sum(spent_micro_usd), 0)::bigint price,
      coalesce(sum(held_units + held_requests), 0)::bigint held FROM allowances WHERE period_start > '2000-01-01'`;
  expect(sums).toEqual({ units: 0n, price: 0n, held: 0n });
  expect((await call(door, { key, method: 'GET', path: '/v1/models' })).status).toBe(200);
});

async function refusal(options: CallOptions, through = door) {
  const answered = await call(through, { key, path: '/v1/embeddings', ...options });
  expect(Object.keys(answered.json)).toEqual(['error']);
  expect(answered.text).not.toMatch(/\n +at |\.ts\b|node_modules|SELECT|Zod|Invalid input|expected/);
  const { code, param, message } = answered.json.error;
  return { status: answered.status, code, param, message };
}
const refusedJson = (body: unknown) => refusal({ body });
const refusedForm = (...entries: readonly FormEntry[]) =>
  refusal({ rawBody: formOf(...entries), contentType: null });

const base64 = png.toString('base64');
const input = { base64 };
const bad = (param: string | null, code = 'invalid_request') => ({ status: 400, code, param });

describe('texts', () => {
  it.each([
    ['an empty text', '', 'input', 'The text is empty.'],
    ['a blank text in a list', ['a cat', ' \n'], 'input[1]', 'The text is empty.'],
    [
      'a text of marks alone',
      ['a cat', '\u0301'],
      'input[1]',
      'The text has no character that the model reads.',
    ],
    ['an empty list', [], 'input', 'The list of texts is empty.'],
    ['NUL', 'a\0b', 'input', 'NUL'],
    ['a number after a text', ['a cat', 7], 'input[1]', 'A text is a string.'],
    ['a picture after a text', ['a cat', { url: 'https://example.com/' }], 'input[1]', 'A text is a string.'],
    ['a list in a list', [['a cat']], 'input[0]', 'A picture is'],
  ])('400 for %s', async (_name, given, param, sentence) => {
    const refused = await refusedJson({ input: given });
    expect(refused).toMatchObject(bad(param));
    expect(refused.message).toContain(sentence);
  });

  it('422 for a text that is too long, by its name, and the others are not billed', async () => {
    const long = 'x'.repeat(requestLimits.textCharactersMax + 1);
    expect(await refusedJson({ input: ['a cat', long] })).toMatchObject({
      status: 422,
      code: 'input_too_long',
      param: 'input[1]',
    });
    const strict = gatewayUnderTest(database, { embedder: { refuseOn: (given) => given === 'long' } });
    const refused = await refusal({ body: { input: ['a cat', 'long'] } }, strict);
    expect(refused).toMatchObject({ status: 422, code: 'input_too_long', param: 'input[1]' });
    expect(refused.message).toContain('truncate: true');
  });

  it('413 for more texts than a request has, and for a body that only pictures may fill', async () => {
    const many = new Array(embeddingLimits.textsMax + 1).fill('a');
    expect(await refusedJson({ input: many })).toMatchObject({
      status: 413,
      code: 'payload_too_large',
      param: 'input',
    });
    const large = new Array(64).fill('x'.repeat(requestLimits.textCharactersMax));
    const refused = await refusedJson({ input: large });
    expect(refused).toMatchObject({ status: 413, code: 'payload_too_large', param: null });
    expect(refused.message).toContain(String(requestLimits.bodyBytesMax));
  });

  it('400 for the model of the other kind, with what it takes', async () => {
    const texts = await refusedJson({ input: 'a cat on a mat', model: 'image-1', encoding_format: 'base64' });
    expect(texts).toMatchObject(bad('input'));
    expect(texts.message).toMatch(/embeds pictures, not texts.*\{"url": …\}.*text-embedding-1/);
    const pictures = await refusedJson({ input, model: 'text-embedding-1' });
    expect(pictures).toMatchObject(bad('input'));
    expect(pictures.message).toMatch(/embeds texts, not pictures.*image-1/);
  });

  it('404 for another model, which names both', async () => {
    const refused = await refusedJson({ input: 'a cat', model: 'text-embedding-3-small' });
    expect(refused).toMatchObject({ status: 404, code: 'not_found', param: 'model' });
    expect(refused.message).toMatch(/text-embedding-1.*image-1/);
  });

  it.each([0, -1, 1, 256, 383, 385, 1280, 384.5, 1e308, '384', [384]])(
    '400 for dimensions of %j, by its name',
    async (dimensions) => {
      const refused = await refusedJson({ input: 'a cat', dimensions });
      expect(refused).toMatchObject(bad('dimensions'));
      expect(refused.message).toMatch(/384|whole number/);
    },
  );

  it.each([
    ['an option of another path', { input: 'x', top_k: 3 }, 'top_k', 'unknown_field'],
    ['truncate that is no boolean', { input: 'x', truncate: 'yes' }, 'truncate', 'invalid_request'],
    ['another encoding', { input: 'x', encoding_format: 'int8' }, 'encoding_format', 'invalid_request'],
    ['a user that is a number', { input: 'x', user: 7 }, 'user', 'invalid_request'],
  ])('400 for %s', async (_name, body, param, code) => {
    expect(await refusedJson(body)).toMatchObject(bad(param, code));
  });
});

describe('what clients of other embedding models send', () => {
  it.each([
    ['token ids', [9906, 1917], 'input[0]'],
    ['lists of token ids, as LangChain sends them', [[9906], [1917, 0]], 'input[0]'],
    ['one number', 9906, 'input'],
  ])('400 for %s, with the setting that stops it', async (_name, given, param) => {
    const refused = await refusedJson({ input: given, model: 'text-embedding-1' });
    expect(refused).toMatchObject(bad(param));
    expect(refused.message).toMatch(/token ids.*check_embedding_ctx_length=False/);
  });

  it.each([0, -1, 1, 256, 1279, 1281, 1280.5, 1e308, '1280', [1280]])(
    '400 for dimensions of %j, by its name',
    async (dimensions) => {
      const refused = await refusedJson({ input, dimensions });
      expect(refused).toMatchObject(bad('dimensions'));
      expect(refused.message).toMatch(/1280|whole number/);
    },
  );

  it.each(['int8', 'BASE64', '', 1])('400 for encoding_format %j', async (format) => {
    expect(await refusedJson({ input, encoding_format: format })).toMatchObject(bad('encoding_format'));
  });
});

describe('the rest of the body', () => {
  it.each([
    ['nothing', {}, 'input', 'invalid_request'],
    ['a list', [], null, 'invalid_request'],
    ['null', null, null, 'invalid_request'],
    ['a text', 'x', null, 'invalid_request'],
    ['no input but null', { input: null }, 'input', 'invalid_request'],
    ['an empty list', { input: [] }, 'input', 'invalid_request'],
    ['neither URL nor bytes', { input: {} }, 'input', 'invalid_request'],
    ['both', { input: { url: 'https://example.com/', base64 } }, 'input', 'invalid_request'],
    ['a text after a picture', { input: [input, 'x'] }, 'input[1]', 'invalid_request'],
    ['a list in a list', { input: [[input]] }, 'input[0]', 'invalid_request'],
    ['what is not base64', { input: { base64: '_-__' } }, 'input.base64', 'invalid_request'],
    ['an option of another path', { input, top_k: 3 }, 'top_k', 'unknown_field'],
    ['another field', { input, truncate: true }, 'truncate', 'unknown_field'],
    ['another field of a picture', { input: { base64, text: 'x' } }, 'input.text', 'unknown_field'],
    ['a user that is a number', { input, user: 7 }, 'user', 'invalid_request'],
  ])('400 for %s', async (_name, body, param, code) => {
    expect(await refusedJson(body)).toMatchObject(bad(param, code));
  });

  it('404 for another model, 413 for more pictures than a request has', async () => {
    expect(await refusedJson({ input, model: 'sentiment-1' })).toMatchObject({
      status: 404,
      code: 'not_found',
      param: 'model',
    });
    const many = new Array(imageLimits.picturesMax + 1).fill(input);
    expect(await refusedJson({ input: many })).toMatchObject({
      status: 413,
      code: 'payload_too_large',
      param: 'input',
    });
  });

  it('422 for a picture that can not be read, by its name, and the others are not billed', async () => {
    const zip = Buffer.from('PK\x03\x04');
    const unreadable = { status: 422, code: 'image_unreadable' };
    expect(await refusedJson({ input: [input, { base64: zip.toString('base64') }] })).toMatchObject({
      ...unreadable,
      param: 'input[1].base64',
    });
    expect(await refusedForm(['image', png], ['image', zip])).toMatchObject({
      ...unreadable,
      param: 'image[1]',
    });
  });

  it('422 for a URL that leads to no public address', async () => {
    const refused = await refusedJson({ input: [input, { url: 'http://169.254.169.254/latest' }] });
    expect(refused).toMatchObject({ status: 422, code: 'url_not_fetched', param: 'input[1].url' });
  });

  it('400 for forms with what is not taken, 415 for what is no picture', async () => {
    expect(await refusedForm()).toMatchObject({ status: 400 });
    expect(await refusedForm(['image', png], ['top_k', '3'])).toMatchObject(bad('top_k', 'unknown_field'));
    expect(await refusedForm(['image', png], ['dimensions', '256'])).toMatchObject(bad('dimensions'));
    expect(await refusedForm(['image', png], ['user', 'a'], ['user', 'b'])).toMatchObject(bad('user'));
    expect(await refusal({ rawBody: 'a cat', contentType: 'text/plain' })).toMatchObject({ status: 415 });
    expect(await refusal({ rawBody: '{"input"', contentType: 'application/json' })).toMatchObject(
      bad(null, 'invalid_json'),
    );
  });

  it('415 for a text whose type is not declared, with how to declare it', async () => {
    const undeclared = { rawBody: '{"input": "a cat"}', contentType: 'application/x-www-form-urlencoded' };
    const refused = await refusal(undeclared);
    expect(refused).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    expect(refused.message).toMatch(/^Send texts as application\/json/);
  });
});
