import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isRefusal, ModelRuntimeError, type TextClassifier } from '../model-runtime.ts';
import { loadTextClassifier } from '../onnx/load-text-classifier.ts';
import {
  type EngineAnswerer,
  type EngineServer,
  sendJson,
  startEngineServer,
} from '../remote-engine/testing/engine-server.ts';
import {
  loadOpenInferenceClassifier,
  type OpenInferenceClassifierOptions,
} from './load-open-inference-classifier.ts';
import { recordedMlServer } from './testing/recorded-mlserver.ts';

const folder = new URL('../../models/sentiment', import.meta.url).pathname;
const threadEntry = new URL('../onnx/compute-thread.ts', import.meta.url);
const key = 'engine-key-0123456789';
const times = { connectMs: 1_000, answerMs: 1_000, silenceMs: 1_000 };
const input = (text: string, truncate = false) => ({ text, truncate });
const texts = [
  'I love this, it is wonderful and works perfectly.',
  'Terrible.',
  'The meeting is on Tuesday at ten.',
  'An awful, boring film that wastes two hours of your life, badly acted and worse written.',
];
const logged: string[] = [];
const log = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
const logger = { info: log, warn: log, error: log };

const load = (url: string, over: Partial<OpenInferenceClassifierOptions> = {}) =>
  loadOpenInferenceClassifier({
    folder,
    id: 'sentiment-1',
    url,
    apiKey: key,
    model: 'sentiment',
    modelVersion: null,
    parallelBatches: 2,
    threadEntry,
    logger,
    times,
    startWaitMs: 20,
    ...over,
  });

let server: EngineServer;
let model: TextClassifier;
/** In place of what was recorded, while a test says so. */
let instead: EngineAnswerer | null = null;

beforeAll(async () => {
  server = await startEngineServer((seen, response) =>
    (instead && seen.path.endsWith('/infer') ? instead : recordedMlServer)(seen, response),
  );
  model = await load(server.url);
  await model.ready();
});
beforeEach(() => {
  logged.length = 0;
});
afterEach(() => {
  instead = null;
});
afterAll(async () => {
  await model.close();
  await server.close();
});

const inferences = () => server.seen.filter(({ path }) => path.endsWith('/infer')).length;
const answersAgain = () =>
  vi.waitFor(async () => expect(await model.run([input('good')])).toHaveLength(1), { timeout: 5_000 });

describe('a classifier that another server runs', () => {
  it('answers as it does here: the same scores, intervals and tokens', async () => {
    const here = await loadTextClassifier({ folder, id: 'sentiment-1', threads: 1, threadEntry });
    await here.ready();
    const given = texts.map((text) => input(text));
    const [own, behind] = [await here.run(given), await model.run(given)];
    await here.close();
    behind.forEach((output, index) => {
      const expected = own[index];
      if (isRefusal(output) || !expected || isRefusal(expected)) throw new Error('refused');
      const { scores, score: _, ...rest } = expected;
      expect(output).toMatchObject(rest);
      for (const [label, share] of Object.entries(scores)) expect(output.scores[label]).toBeCloseTo(share, 3);
    });
  });

  it('sends a batch in one request, padded, with the key', async () => {
    const before = inferences();
    await model.run(texts.map((text) => input(text)));
    expect(inferences()).toBe(before + 1);
    const { body, authorization } = server.seen.at(-1) ?? {};
    expect(authorization).toBe(`Bearer ${key}`);
    expect(body.inputs.map(({ shape }: { shape: number[] }) => shape)).toEqual([
      [4, 22],
      [4, 22],
    ]);
  });

  it('refuses a text that is too long by itself, and answers its neighbour', async () => {
    const [refused, neighbour] = await model.run([input('good '.repeat(511)), input('bad')]);
    expect(refused).toEqual({ refused: 'input_too_long', tokens: 511, contextTokens: 510 });
    expect(neighbour).toMatchObject({ label: 'negative', inputTokens: 1 });
  });

  it('counts the tokens of the text alone', async () => {
    const outputs = await model.run([input('good film'), input('')]);
    expect(outputs.map((output) => !isRefusal(output) && output.inputTokens)).toEqual([2, 0]);
  });
});

describe('a server that fails', () => {
  it.each<[string, number, EngineAnswerer]>([
    ['a failure', 1, (_, response) => sendJson(response, 500, { error: 'The text was: good.' })],
    ['what is no JSON', 1, (_, response) => void response.writeHead(200).end('good')],
    ['another output', 1, (_, response) => sendJson(response, 200, { outputs: [] })],
    [
      'numbers of another shape',
      1,
      (_, response) => sendJson(response, 200, { outputs: [logits([1, 4], [1, 2, 3])] }),
    ],
    ['too few numbers', 1, (_, response) => sendJson(response, 200, { outputs: [logits([1, 2], [1, 2])] })],
    [
      'what is no number',
      1,
      (_, response) => sendJson(response, 200, { outputs: [logits([1, 3], [1, null, 2])] }),
    ],
    ['an answer without an end', 1, (_, response) => void response.writeHead(200).write('{')],
    ['more than is read', 1, (_, response) => void response.writeHead(200).end('x'.repeat(2 * 1024 * 1024))],
    ['an overload', 3, (_, response) => sendJson(response, 503, {})],
    ['nothing', 1, () => {}],
    ['a proxy that waited too long', 1, (_, response) => sendJson(response, 504, {})],
    // The kept connection, then one of its own.
    ['a closed connection', 2, (_, response) => void response.destroy()],
  ])(
    'with %s: the batch fails on our side, after %d tries, and the next one is answered',
    async (_, tries, answer) => {
      const before = inferences();
      instead = answer;
      const failure = await model.run([input('good')]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(isRefusal(failure as object)).toBe(false);
      expect(inferences()).toBe(before + tries);
      instead = null;
      await answersAgain();
      expect(logged.join() + String(failure)).not.toContain('The text was');
      expect(logged.join()).not.toContain(key);
    },
  );

  it('is not asked while it is away, and asked again when it is back', async () => {
    instead = (_, response) => void response.destroy();
    await expect(model.run([input('good')])).rejects.toBeInstanceOf(ModelRuntimeError);
    const before = inferences();
    await expect(model.run([input('good')])).rejects.toBeInstanceOf(ModelRuntimeError);
    expect(inferences()).toBe(before);
    instead = null;
    await answersAgain();
    expect(logged.join('\n')).toMatch(/The engine is away.*\n.*The engine is back./);
  });

  it('once passes unnoticed', async () => {
    let times = 0;
    instead = (seen, response) =>
      times++ === 0 ? void response.destroy() : recordedMlServer(seen, response);
    expect(await model.run([input('good')])).toHaveLength(1);
  });

  it('is let go when the caller hangs up', async () => {
    instead = () => {};
    const before = server.left;
    const leaving = new AbortController();
    const run = model.run([input('good')], leaving.signal);
    setTimeout(() => leaving.abort(new Error('left')), 50);
    await expect(run).rejects.toThrow('left');
    await vi.waitFor(() => expect(server.left).toBe(before + 1), { timeout: 10_000 });
  });
});

describe('a classifier that is closed', () => {
  it('ends what runs after a while, and takes nothing from the first moment on', async () => {
    let hangs = false;
    const other = await startEngineServer((seen, response) => {
      if (!hangs || !seen.path.endsWith('/infer')) return recordedMlServer(seen, response);
    });
    const patient = { connectMs: 1_000, answerMs: 20_000, silenceMs: 20_000 };
    const opened = await load(other.url, { times: patient, closeMs: 200 });
    await opened.ready();
    hangs = true;
    const asked = other.seen.length + 1;
    const hung = opened.run([input('good')]).catch((error: unknown) => error);
    await vi.waitFor(() => expect(other.seen).toHaveLength(asked), { timeout: 10_000 });
    const closed = opened.close();
    await expect(opened.run([input('good')])).rejects.toThrow('The model is closed.');
    await closed;
    expect(await hung).toBeInstanceOf(ModelRuntimeError);
    expect(other.seen).toHaveLength(asked);
    await other.close();
  });
});

describe('at the start', () => {
  async function start(answer: EngineAnswerer, over: Partial<OpenInferenceClassifierOptions> = {}) {
    const other = await startEngineServer(answer);
    const opened = await load(other.url, over);
    const ready = opened.ready().then(
      () => 'ready',
      (error: unknown) => String(error),
    );
    return { opened, ready, close: () => Promise.all([opened.close(), other.close()]) };
  }

  it('waits for a server, or a model in it, that is not ready yet', async () => {
    let asked = 0;
    const { opened, ready, close } = await start((seen, response) =>
      asked++ < 3 ? sendJson(response, 400, {}) : recordedMlServer(seen, response),
    );
    await expect(opened.run([input('good')])).rejects.toBeInstanceOf(ModelRuntimeError);
    expect(await ready).toBe('ready');
    expect(logged.join()).toContain('does not answer yet');
    await close();
  });

  it('asks for the version that it was told', async () => {
    const paths: string[] = [];
    const { ready, close } = await start(
      (seen, response) => {
        paths.push(seen.path);
        const path = seen.path.replace('/versions/7', '');
        return recordedMlServer({ ...seen, path }, response);
      },
      { modelVersion: '7' },
    );
    expect(await ready).toBe('ready');
    expect(paths).toContain('/v2/models/sentiment/versions/7/infer');
    await close();
  });

  it.each<[string, EngineAnswerer, string]>([
    ['a key that is refused', (_, response) => sendJson(response, 403, {}), 'refuses the key (status 403)'],
    [
      'a model of something else',
      (seen, response) =>
        seen.path === '/v2/models/sentiment'
          ? sendJson(response, 200, { inputs: [{ name: 'text', datatype: 'BYTES', shape: [-1] }] })
          : recordedMlServer(seen, response),
      'no input_ids',
    ],
    [
      'other labels than the folder has',
      (seen, response) =>
        seen.path.endsWith('/infer')
          ? sendJson(response, 200, { outputs: [logits([1, 2], [1, 2])] })
          : recordedMlServer(seen, response),
      'gives 2 logits a text, not 3',
    ],
  ])('says what it can not serve: %s', async (_, answer, sentence) => {
    const { ready, close } = await start(answer);
    expect(await ready).toContain(sentence);
    await close();
  });
});

function logits(shape: readonly number[], data: readonly (number | null)[]) {
  return { name: 'logits', datatype: 'FP32', shape, data };
}
