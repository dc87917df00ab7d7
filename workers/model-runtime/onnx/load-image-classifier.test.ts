import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportImageClassifier } from '#workers/model-zoo/export-image-classifier.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import {
  type ImageClassification,
  isEmbedding,
  isImageClassification,
  ModelRuntimeError,
} from '../model-runtime.ts';
import { avifOf, gridData } from './decoding/testing/avif-of.ts';
import { packedText, pngWith } from './decoding/testing/png-with-texts.ts';
import { loadImageClassifier, type OnnxImageClassifier } from './load-image-classifier.ts';

const folder = new URL('../../models/image-classification', import.meta.url).pathname;
const threadEntry = new URL('./compute-thread.ts', import.meta.url);
const photo = (name: string) => readFileSync(new URL(`fixtures/photos/${name}.jpg`, import.meta.url));
const input = (bytes: Uint8Array, topK = 3) => ({ bytes, topK });

let model: OnnxImageClassifier;

beforeAll(async () => {
  model = await loadImageClassifier({ folder, id: 'image-1', threads: 1, threadEntry });
  await model.ready();
}, 30_000);

afterAll(() => model.close());

async function answer(bytes: Uint8Array, topK?: number): Promise<ImageClassification> {
  const [output] = await model.run([input(bytes, topK)]);
  if (!output || !isImageClassification(output)) throw new Error('refused');
  return output;
}

const toEmbed = (bytes: Uint8Array) => ({ bytes, kind: 'embed' }) as const;

async function vectorOf(bytes: Uint8Array): Promise<Float32Array> {
  const [output] = await model.run([toEmbed(bytes)]);
  if (!output || !isEmbedding(output)) throw new Error('refused');
  return output.vector;
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

describe('the image model in its compute process', () => {
  it('knows a hot dog', async () => {
    const { scores, interval } = await answer(photo('hot-dog'));
    expect(scores).toHaveLength(3);
    expect(scores[0]).toMatchObject({ label: 'hot dog', wordnetId: 'n07697537' });
    expect(scores[0]?.score).toBeGreaterThan(0.9);
    expect(interval).toBeNull();
  });

  it('calls a cat by three kinds of cat', async () => {
    const { scores } = await answer(photo('cat'));
    expect(scores.map(({ label }) => label).toSorted()).toEqual(['Egyptian cat', 'tabby', 'tiger cat']);
  });

  it('has an owl among its first five, and not first: nor has the original', async () => {
    const { scores } = await answer(photo('owl'), 5);
    expect(scores.map(({ label }) => label)).toContain('great grey owl');
  });

  it('gives all thousand classes when asked, which add up to 1', async () => {
    const { scores } = await answer(photo('cat'), 1000);
    expect(scores).toHaveLength(1000);
    expect(scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
    expect(scores.map(({ score }) => score)).toEqual(
      scores.map(({ score }) => score).toSorted((a, b) => b - a),
    );
  });

  it('says what it sees of a picture, and scores that with cells taken out', async () => {
    const bytes = await sharp(photo('hot-dog')).resize(300, 200, { fit: 'fill' }).toBuffer();
    const [seen, refused] = await model.run([
      { kind: 'see', bytes },
      { kind: 'see', bytes: Buffer.from('PK\x03\x04') },
    ]);
    expect(refused).toEqual({ refused: 'image_unreadable', reason: 'not_an_image' });
    if (!seen || !('pixels' in seen)) throw new Error('not seen');
    expect(seen.pixels).toHaveLength(3 * 224 * 224);
    expect(seen).toMatchObject({
      side: 224,
      picture: { width: 300, height: 200 },
      square: { left: 62.5, top: 12.5, side: 175 },
    });
    const { scores } = await answer(bytes, 1);
    const classIndex = model.classes.findIndex(({ wordnetId }) => wordnetId === scores[0]?.wordnetId);
    expect(seen.shares[classIndex]).toBe(scores[0]?.score);
    const masked = (fill: number) => ({
      kind: 'masked' as const,
      pixels: seen.pixels,
      grid: 7,
      mask: new Uint8Array(49).fill(fill),
      classIndex,
    });
    // Of several kinds at once, each by its own.
    const [whole, classified, empty] = await model.run([masked(1), input(bytes, 1), masked(0)]);
    expect(whole).toEqual({ score: scores[0]?.score });
    expect(classified).toMatchObject({ scores: [{ label: 'hot dog' }] });
    if (!empty || !('score' in empty)) throw new Error('not scored');
    expect(empty.score).toBeLessThan(0.05);
  });

  it('says what each place does for a class: with its bias they add up to the logit', async () => {
    const bytes = photo('cat');
    const weights = readSafetensors(readFileSync(`${folder}/model.safetensors`)).tensors;
    const bias = weights.get('classifier.bias')?.data as Float32Array;
    const ask = async (mapOf: number | null) => {
      const [seen] = await model.run([{ kind: 'see', bytes, mapOf }]);
      if (!seen || !('classMap' in seen) || !seen.classMap) throw new Error('no map');
      const sum = seen.classMap.values.reduce((all, value) => all + value, 0);
      return { ...seen, side: seen.classMap.side, sum };
    };
    const likely = await ask(null);
    expect(likely.side).toBe(7);
    const best = likely.shares.indexOf(Math.max(...likely.shares));
    expect((await ask(best)).sum).toBe(likely.sum);
    const other = (best + 500) % 1000;
    // A difference of logits is the logarithm of the probabilities' ratio.
    const logits = likely.sum + (bias[best] ?? 0) - (await ask(other)).sum - (bias[other] ?? 0);
    expect(logits).toBeCloseTo(Math.log((likely.shares[best] ?? 0) / (likely.shares[other] ?? 0)), 1);
  });

  it('embeds a picture as 1,280 features of length 1', async () => {
    const vector = await vectorOf(photo('cat'));
    expect(model.dimensions).toBe(1280);
    expect(vector).toBeInstanceOf(Float32Array);
    expect(vector).toHaveLength(1280);
    expect(dot(vector, vector)).toBeCloseTo(1, 6);
    expect(Math.min(...vector)).toBeGreaterThanOrEqual(0);
  });

  it('gives the vectors that it has always given: what customers keep of them stays comparable', async () => {
    const vector = await vectorOf(photo('cat'));
    const known = { 146: 0.2196, 112: 0.1971, 482: 0.1837, 301: 0.1713, 1156: 0.1692, 287: 0.1683 };
    for (const [at, value] of Object.entries(known)) expect(vector[Number(at)]).toBeCloseTo(value, 2);
  });

  it('puts the same cat nearer than another animal, and an animal nearer than a hot dog', async () => {
    const [cat, owl, hotDog] = [photo('cat'), photo('owl'), photo('hot-dog')];
    const smaller = await sharp(cat).resize(300).flop().jpeg({ quality: 60 }).toBuffer();
    const [vector, again, other, far] = [
      await vectorOf(cat),
      await vectorOf(smaller),
      await vectorOf(owl),
      await vectorOf(hotDog),
    ];
    expect(dot(vector, again)).toBeGreaterThan(0.8);
    expect(dot(vector, other)).toBeLessThan(dot(vector, again));
    expect(dot(vector, far)).toBeLessThan(dot(vector, other));
  });

  it('answers classes and vectors of one batch, each as when it is asked alone, in one process', async () => {
    const cat = photo('cat');
    expect(model.threadPids()).toHaveLength(1);
    const [classes, vector, refused] = await model.run([
      input(cat),
      toEmbed(cat),
      toEmbed(Buffer.from('PK\x03\x04')),
    ]);
    expect(classes).toEqual(await answer(cat));
    expect(vector).toEqual({ vector: await vectorOf(cat) });
    expect(refused).toEqual({ refused: 'image_unreadable', reason: 'not_an_image' });
  });

  it('refuses one picture and answers its neighbours as it answers them alone', async () => {
    const cat = photo('cat');
    const outputs = await model.run([input(cat), input(Buffer.from('PK\x03\x04')), input(photo('hot-dog'))]);
    expect(outputs[0]).toEqual(await answer(cat));
    expect(outputs[1]).toEqual({ refused: 'image_unreadable', reason: 'not_an_image' });
    expect(outputs[2]).toMatchObject({ scores: [{ label: 'hot dog' }, {}, {}] });
  });

  it('lives through what is damaged, in one process', async () => {
    const pids = model.threadPids();
    const cat = photo('cat');
    for (let at = 40; at < cat.length; at += Math.ceil(cat.length / 40)) {
      const broken = Buffer.from(cat);
      broken.fill(at % 256, at, at + 16);
      const [cut, changed] = await model.run([input(cat.subarray(0, at)), input(broken)]);
      expect(cut).toMatchObject({ refused: 'image_unreadable' });
      expect(changed).toBeDefined();
    }
    expect(model.threadPids()).toEqual(pids);
  }, 30_000);

  it('keeps its memory bounded over pictures of 12 million pixels', async () => {
    const large = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#345678' } })
      .png()
      .toBuffer();
    await model.run([input(large)]);
    const before = memoryMiB(model.threadPids()[0], 'VmRSS');
    for (let run = 0; run < 15; run++) await model.run([input(large)]);
    expect(memoryMiB(model.threadPids()[0], 'VmRSS') - before).toBeLessThan(60);
  });

  it('takes no more than 300 MiB for a picture, whatever its format needs', async () => {
    const flat = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#345678' } });
    const [phone, bomb, progressive] = await Promise.all([
      flat(4_032, 3_024).avif({ effort: 0 }).toBuffer(),
      flat(5_000, 4_000).avif({ effort: 0 }).toBuffer(),
      flat(6_000, 6_000).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    ]);
    const before = memoryMiB(model.threadPids()[0], 'VmRSS');
    const outputs = await model.run([input(phone), input(bomb), input(progressive)]);
    expect(outputs.map((output) => ('refused' in output ? output : 'seen'))).toEqual([
      'seen',
      { refused: 'image_unreadable', reason: 'too_many_pixels' },
      'seen',
    ]);
    expect(memoryMiB(model.threadPids()[0], 'VmHWM') - before).toBeLessThan(300);
  });

  it('unpacks none of the texts of a PNG', async () => {
    const plain = sharp({ create: { width: 64, height: 64, channels: 3, background: '#345678' } });
    const texts = new Array<Buffer>(20).fill(packedText(7_900_000));
    const png = pngWith(await plain.png().toBuffer(), texts);
    const fresh = await loadImageClassifier({ folder, id: 'image-1', threads: 1, threadEntry });
    await fresh.ready();
    const before = memoryMiB(fresh.threadPids()[0], 'VmHWM');
    const [output] = await fresh.run([input(png)]);
    const after = memoryMiB(fresh.threadPids()[0], 'VmHWM');
    await fresh.close();
    expect(output).toHaveProperty('scores');
    expect(after - before).toBeLessThan(100);
  }, 30_000);

  it('gives back what large pictures of many formats took', async () => {
    const flat = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#345678' } });
    const [progressive, turned, phone, part] = await Promise.all([
      flat(6_000, 6_000).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
      flat(6_000, 6_000).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
      flat(4_000, 3_000).avif({ effort: 0 }).toBuffer(),
      flat(1_000, 1_000).avif({ effort: 0 }).toBuffer(),
    ]);
    const parts = Array.from({ length: 12 }, (_, index) => index + 2);
    const whole = { type: 'grid', width: 4_000, height: 3_000, data: gridData(3, 4, 4_000, 3_000) } as const;
    const grid = avifOf([
      { ...whole, parts },
      ...parts.map(() => ({ width: 1_000, height: 1_000, coded: part })),
    ]);
    // Of 7,000 by 7,000 pixels, of which its 35 bytes say only the first.
    const gif = Buffer.from('4749463839610a000a00800000ff00000000ff2c00000000581b581b0002024401003b', 'hex');
    const fresh = await loadImageClassifier({ folder, id: 'image-1', threads: 1, threadEntry });
    await fresh.ready();
    const before = memoryMiB(fresh.threadPids()[0], 'VmRSS');
    for (const picture of [progressive, turned, phone, grid, gif, grid]) {
      for (let run = 0; run < 3; run++) {
        expect((await fresh.run([input(picture)]))[0]).toHaveProperty('scores');
      }
    }
    const after = memoryMiB(fresh.threadPids()[0], 'VmRSS');
    await fresh.close();
    expect(after - before).toBeLessThan(100);
  });

  it('decodes away from this event loop', async () => {
    const large = await sharp({ create: { width: 6000, height: 6000, channels: 3, background: '#345678' } })
      .png()
      .toBuffer();
    let longestMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    await model.run([input(large)]);
    clearInterval(timer);
    expect(longestMs).toBeLessThan(200);
  }, 30_000);

  it('refuses a folder that is no image model', async () => {
    const options = { folder: `${folder}/onnx`, id: 'image-1', threads: 1, threadEntry };
    await expect(loadImageClassifier(options)).rejects.toThrow('has none of onnx/model_int8.onnx');
  });

  it('refuses a graph without the features that its description names', async () => {
    const other = mkdtempSync(join(tmpdir(), 'model-'));
    mkdirSync(join(other, 'onnx'));
    for (const file of ['config.json', 'preprocessor_config.json']) {
      copyFileSync(join(folder, file), join(other, file));
    }
    const weights = (label: string, shape: readonly number[]) => ({
      label,
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
    });
    const settings = { labels: 1000, size: 28, precision: 'float32' } as const;
    writeFileSync(join(other, 'onnx/model.onnx'), exportImageClassifier('mlp', weights, settings));
    const loaded = await loadImageClassifier({ folder: other, id: 'image-1', threads: 1, threadEntry });
    await expect(loaded.ready()).rejects.toThrow('gives no features, which config.json says it has');
    await loaded.close();
    rmSync(other, { recursive: true });
  }, 30_000);

  it('refuses work once it is closed', async () => {
    const other = await loadImageClassifier({ folder, id: 'image-1', threads: 1, threadEntry });
    await other.ready();
    await other.close();
    await expect(other.run([input(photo('cat'))])).rejects.toBeInstanceOf(ModelRuntimeError);
  }, 30_000);
});

/** Of another process; Linux alone says it in a file. */
function memoryMiB(pid: number | undefined, what: 'VmRSS' | 'VmHWM'): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}
