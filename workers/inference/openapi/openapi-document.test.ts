import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookEvents } from '#server/domain/webhooks/event-types.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { call, type GatewayUnderTest, gatewayUnderTest } from '../testing/gateway-under-test.ts';
import { png } from '../testing/pictures.ts';

let database: TestDatabase;
let door: GatewayUnderTest;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  door = gatewayUnderTest(database);
  const workspace = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId: workspace.id })).key;
});
afterAll(() => database.drop());

const picture = ['image/*', 'application/octet-stream', 'application/x-www-form-urlencoded'];

describe('GET /v1/openapi.json', () => {
  // oxlint-disable-next-line typescript/no-explicit-any -- a document, looked into by its path.
  let document: any;
  beforeAll(async () => {
    document = (await call(door, { method: 'GET', path: '/v1/openapi.json' })).json;
  });

  it('is a whole OpenAPI 3.1 document whose references all lead somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Modelyard API', version: '1.0.0' });
    expect(document.servers).toEqual([{ url: 'http://api.example.com' }]);
    expect(document.components.securitySchemes.bearerAuth).toMatchObject({ type: 'http', scheme: 'bearer' });
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const path = reference.slice('"$ref":"#/'.length, -1).split('/');
      expect(
        path.reduce((at, part) => at?.[part], document),
        reference,
      ).toBeDefined();
    }
  });

  it('describes every guarded route, its key, errors and headers', () => {
    const guarded = door.gateway.routes.filter((route) => route.stages.length > 0);
    const paths = door.gateway.routes.map((route) => route.path);
    expect(Object.keys(document.paths)).toEqual([...new Set(paths)]);
    for (const { method, path, stages } of guarded) {
      const operation = document.paths[path][method.toLowerCase()];
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.security).toEqual([{ bearerAuth: [] }]);
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['200', '400', '401', '403', '413', '415', '422', '429', '500']),
      );
      const isOwn = path.startsWith('/v1/');
      expect('503' in operation.responses).toBe(isOwn);
      expect(operation.responses['429'].headers).toHaveProperty('Retry-After');
      const headers = (operation.parameters ?? []).filter(
        (parameter: { in: string }) => parameter.in === 'header',
      );
      expect(headers.map((parameter: { name: string }) => parameter.name)).toEqual(
        stages.includes('claimKey') || stages.includes('nameRequest') ? ['Idempotency-Key'] : [],
      );
      expect(operation.responses['200'].headers).toHaveProperty('x-request-id');
      expect(operation.responses['400'].content['application/json'].schema).toEqual({
        $ref: `#/components/schemas/${isOwn ? 'Error' : 'HuggingFaceError'}`,
      });
    }
  });

  it.each([
    ['/v1/files', 100, 10_000, /batch still reads the file/],
    ['/v1/batches', 20, 100, /batch has ended/],
  ])('describes the pages of %s, and what a conflict is there', (path, leftOut, most, conflict) => {
    const { get, post } = document.paths[path];
    const limit = get.parameters.find(({ name }: { name: string }) => name === 'limit');
    expect(limit).toMatchObject({
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: most, default: leftOut },
    });
    expect(post.responses['409'].description).toMatch(conflict);
  });

  it('describes what takes no key as such', () => {
    const open = door.gateway.routes.filter((route) => route.stages.length === 0);
    expect(open.map(({ path }) => document.paths[path].get.security)).toEqual(open.map(() => []));
  });

  it('describes every webhook, with an example', () => {
    expect(Object.keys(document.webhooks)).toEqual(Object.keys(webhookEvents));
    for (const [type, { post }] of Object.entries<{ post: { requestBody: { content: object } } }>(
      document.webhooks,
    )) {
      expect(post.requestBody.content).toMatchObject({ 'application/json': { example: { type } } });
    }
  });

  it('has the fields that are taken, and no others', () => {
    const { SentimentRequest } = document.components.schemas;
    expect(Object.keys(SentimentRequest.properties)).toEqual([
      'input',
      'model',
      'truncate',
      'abstain_below',
      'explain',
      'store',
    ]);
    expect(SentimentRequest.required).toEqual(['input']);
    expect(SentimentRequest.additionalProperties).toBe(false);
    const [one, many] = SentimentRequest.properties.input.anyOf;
    expect(one).toMatchObject({ type: 'string', maxLength: 20_000 });
    expect(many).toMatchObject({ type: 'array', minItems: 1, maxItems: 256 });
  });

  it('describes pictures as a form, as JSON and as they are, and the answer that is given', async () => {
    const { content } = document.paths['/v1/images/classify'].post.requestBody;
    expect(Object.keys(content)).toEqual(['multipart/form-data', 'application/json', ...picture]);
    const { ImageClassificationForm, ImageClassificationRequest, PictureSource, ImageClassification } =
      document.components.schemas;
    const options = ['model', 'top_k', 'abstain_below', 'explain'];
    expect(Object.keys(ImageClassificationForm.properties)).toEqual(['image', ...options]);
    expect(ImageClassificationForm.properties.image).toMatchObject({
      type: 'array',
      items: { type: 'string', format: 'binary' },
      maxItems: 32,
    });
    expect(Object.keys(ImageClassificationRequest.properties)).toEqual(['input', ...options]);
    expect(Object.keys(PictureSource.properties)).toEqual(['url', 'base64']);
    const body = { input: { base64: png.toString('base64') }, explain: true };
    const { json } = await call(door, { key, path: '/v1/images/classify', body });
    expect(Object.keys(json)).toEqual(Object.keys(ImageClassification.properties));
    const { properties } = ImageClassification.properties.data.items;
    expect(Object.keys(properties)).toEqual(Object.keys(json.data[0]));
    expect(Object.keys(properties.scores.items.properties)).toEqual(Object.keys(json.data[0].scores[0]));
    expect(Object.keys(document.components.schemas.ImageUsage.properties)).toEqual(Object.keys(json.usage));
  });

  it('describes explanations of texts and of pictures, and the answers that are given', async () => {
    const { requestBody, responses } = document.paths['/v1/explanations'].post;
    const named = (schema: { anyOf: { $ref: string }[] }) =>
      schema.anyOf.map(({ $ref }) => $ref.split('/').at(-1));
    expect(Object.keys(requestBody.content)).toEqual(['application/json', 'multipart/form-data']);
    expect(named(requestBody.content['application/json'].schema)).toEqual([
      'ExplanationRequest',
      'PictureExplanationRequest',
    ]);
    const { schemas } = document.components;
    const options = Object.keys(schemas.PictureExplanationRequest.properties).slice(1);
    expect(options.toSorted()).toEqual(['grid', 'label', 'method', 'model', 'samples', 'seed']);
    expect(Object.keys(schemas.PictureExplanationForm.properties)).toEqual(['image', ...options]);
    expect(schemas.ExplanationRequest.properties).not.toHaveProperty('grid');
    const inputs = ['good', { base64: png.toString('base64') }];
    const replies = named(responses['200'].content['application/json'].schema);
    for (const [kind, input] of inputs.entries()) {
      const { json } = await call(door, { key, path: '/v1/explanations', body: { input } });
      const { properties } = schemas[replies[kind] ?? ''];
      expect(Object.keys(json).toSorted()).toEqual(Object.keys(properties).toSorted());
      expect(Object.keys(json.data[0])).toEqual(Object.keys(properties.data.items.properties));
      for (const part of ['heat_map', 'picture', 'faithfulness']) {
        if (json[part]) expect(Object.keys(json[part])).toEqual(Object.keys(properties[part].properties));
      }
    }
  });

  it('describes embeddings as they are asked for and answered', async () => {
    const { content } = document.paths['/v1/embeddings'].post.requestBody;
    expect(Object.keys(content)).toEqual(['application/json', 'multipart/form-data', ...picture]);
    const { EmbeddingRequest, TextEmbeddingRequest, PictureEmbeddingRequest } = document.components.schemas;
    const { EmbeddingForm, EmbeddingList, EmbeddingUsage } = document.components.schemas;
    expect(EmbeddingRequest.anyOf).toEqual([
      { $ref: '#/components/schemas/TextEmbeddingRequest' },
      { $ref: '#/components/schemas/PictureEmbeddingRequest' },
    ]);
    const options = ['model', 'encoding_format', 'dimensions', 'user'];
    expect(Object.keys(TextEmbeddingRequest.properties)).toEqual(['input', 'truncate', ...options]);
    expect(Object.keys(PictureEmbeddingRequest.properties)).toEqual(['input', ...options]);
    expect(TextEmbeddingRequest.required).toEqual(['input']);
    expect(PictureEmbeddingRequest.required).toEqual(['input']);
    expect(Object.keys(EmbeddingForm.properties)).toEqual(['image', ...options]);
    const { json } = await call(door, { key, path: '/v1/embeddings', rawBody: png, contentType: null });
    expect(Object.keys(json)).toEqual(Object.keys(EmbeddingList.properties));
    const { properties } = EmbeddingList.properties.data.items;
    expect(Object.keys(json.data[0])).toEqual(Object.keys(properties));
    expect(Object.keys(json.usage).toSorted()).toEqual(Object.keys(EmbeddingUsage.properties).toSorted());
    const texts = await call(door, { key, path: '/v1/embeddings', body: { input: 'two words' } });
    expect(Object.keys(texts.json.usage).toSorted()).toEqual(EmbeddingUsage.required.toSorted());
  });

  it('describes the answer that is given', async () => {
    const { json } = await call(door, { key, body: { input: 'good', truncate: true, explain: true } });
    const { Sentiment } = document.components.schemas;
    expect(Object.keys(json)).toEqual(Object.keys(Sentiment.properties));
    expect(Object.keys(Sentiment.properties.data.items.properties)).toEqual(Object.keys(json.data[0]));
    expect(Object.keys(document.components.schemas.Usage.properties)).toEqual(Object.keys(json.usage));
  });

  it('describes what a text is asked for with, and the answers that are given', async () => {
    const { schemas } = document.components;
    expect(schemas.TextGenerationRequest.additionalProperties).toBe(false);
    expect(schemas.ChatCompletionRequest.properties.messages).toMatchObject({ minItems: 1, maxItems: 256 });
    const [, list] = schemas.CompletionRequest.properties.prompt.anyOf;
    expect(list).toEqual({ type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1 });
    const messages = [{ role: 'user', content: 'x' }];
    const described = [
      ['/v1/text/generate', { prompt: 'x', truncate: true }, 'TextGeneration'],
      ['/v1/chat/completions', { messages }, 'ChatCompletion'],
      ['/v1/completions', { prompt: 'x' }, 'Completion'],
    ] as const;
    for (const [path, body, name] of described) {
      const { json } = await call(door, { key, path, body });
      expect(Object.keys(json).sort()).toEqual(Object.keys(schemas[name].properties).sort());
      const { content } = document.paths[path].post.responses['200'];
      expect(Object.keys(content)).toEqual(['application/json', 'text/event-stream']);
    }
    expect(Object.keys(schemas.GenerationUsage.properties)).toEqual([
      'input_tokens',
      'cached_tokens',
      'output_tokens',
      'units',
      'price_micro_usd',
    ]);
  });
});
