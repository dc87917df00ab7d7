import { describe, expect, it } from 'vitest';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import { fetchRefusals } from '#server/platform/outbound-fetch/fetch-outcome.ts';
import type { FetchRequest, OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import { fetchPictures } from './fetch-pictures.ts';
import type { Picture } from './image-request.ts';

const urls = (count: number): Picture[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'url',
    url: `https://example.com/${i}`,
    param: `input[${i}].url`,
  }));
const sent: Picture = { kind: 'bytes', bytes: Buffer.from('sent'), param: 'input[0].base64' };
const context = { signal: new AbortController().signal, holdBytes: () => {} };
const request = (pictures: readonly Picture[]) => ({ pictures, top_k: 5 });
const fetched = (text: string) => ({ kind: 'fetched', bytes: Buffer.from(text) }) as const;

describe('fetchPictures', () => {
  it('brings what is a URL, in its place, and leaves the rest as it came', async () => {
    const asked: string[] = [];
    const fetch = fetchPictures(async (url) => {
      asked.push(url);
      return fetched(url);
    });
    const { pictures, top_k } = await fetch(request([sent, ...urls(2), sent]), context);
    expect(asked).toEqual(['https://example.com/0', 'https://example.com/1']);
    expect(top_k).toBe(5);
    expect(pictures).toEqual([
      sent,
      { kind: 'bytes', bytes: Buffer.from('https://example.com/0'), param: 'input[0].url' },
      { kind: 'bytes', bytes: Buffer.from('https://example.com/1'), param: 'input[1].url' },
      sent,
    ]);
  });

  it('has a few under way at the same time', async () => {
    let underWay = 0;
    let most = 0;
    const fetch = fetchPictures(async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
      return fetched('x');
    });
    await fetch(request(urls(32)), context);
    expect(most).toBe(imageLimits.fetchesAtOnceMax);
  });

  it('names the first that fails, and ends the others', async () => {
    const ended: unknown[] = [];
    const fetch = fetchPictures((url, { signal }) => {
      if (url.endsWith('/3')) return Promise.resolve({ kind: 'refused', reason: 'too_slow' });
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended.push(url);
          reject(signal.reason);
        });
      });
    });
    await expect(fetch(request(urls(32)), context)).rejects.toMatchObject({
      code: 'url_not_fetched',
      param: 'input[3].url',
    });
    expect(ended).toHaveLength(imageLimits.fetchesAtOnceMax - 1);
  });

  it('gives all of them one time limit', async () => {
    const limits: number[] = [];
    const fetch = fetchPictures(async (_url, { timeoutMs = 0 }) => {
      limits.push(timeoutMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return fetched('x');
    });
    await fetch(request(urls(24)), context);
    expect(limits[0]).toBeLessThanOrEqual(10_000);
    expect(limits[23]).toBeLessThanOrEqual(9_970);
    expect(limits.every(Number.isInteger)).toBe(true);
  });

  it('holds what it reads, and no more than a request may have', async () => {
    let held = 0;
    const pouring: OutboundFetch = async (_url, { onBytes, bytesMax }: FetchRequest) => {
      onBytes?.(bytesMax);
      return fetched('x');
    };
    const holding = { ...context, holdBytes: (bytes: number) => void (held += bytes) };
    await fetchPictures(pouring)(request(urls(2)), holding);
    expect(held).toBe(2 * imageLimits.pictureBytesMax);
    await expect(fetchPictures(pouring)(request(urls(3)), holding)).rejects.toMatchObject({
      code: 'payload_too_large',
      param: 'input[2].url',
    });
    const full = {
      ...context,
      holdBytes: () => {
        throw new Error('no room');
      },
    };
    await expect(fetchPictures(pouring)(request(urls(1)), full)).rejects.toThrow('no room');
  });

  it('says what to do for every reason, and nothing of what is behind the URL', async () => {
    const said = new Set<string>();
    for (const reason of fetchRefusals) {
      const fetch = fetchPictures(async () => ({ kind: 'refused', reason }));
      const error = await fetch(request(urls(1)), context).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'url_not_fetched', param: 'input[0].url', cause: undefined });
      said.add((error as Error).message);
    }
    expect(said.size).toBe(fetchRefusals.length);
    for (const sentence of said) expect(sentence).not.toMatch(/private|internal|resolve|example/);
  });
});
