import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readBodyWithin } from './read-body.ts';

/** Each piece is made when it is asked for; undefined is the end. */
function sent(pieceAt: (at: number) => Uint8Array | undefined): Request {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieceAt(at++);
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
  return new Request('http://web.test', { method: 'POST', body, duplex: 'half' } as RequestInit);
}

describe('the body of a request to the web', () => {
  it('is read as UTF-8, wherever it is cut', async () => {
    const text = JSON.stringify({ name: 'Zoë 🙂 电影'.repeat(40) });
    const bytes = Buffer.from(text);
    const single = (at: number) => (at < bytes.length ? bytes.subarray(at, at + 1) : undefined);
    expect(await readBodyWithin(sent(single), bytes.length)).toBe(text);
    expect(
      await readBodyWithin(
        sent((at) => [bytes][at]),
        bytes.length,
      ),
    ).toBe(text);
    expect(
      await readBodyWithin(
        sent(() => undefined),
        10,
      ),
    ).toBe('');
    expect(await readBodyWithin(new Request('http://web.test', { method: 'POST' }), 10)).toBe('');
  });

  it('is read no further than it may be long', async () => {
    let pulled = 0;
    const body = sent((at) => {
      pulled = at;
      return Buffer.from('12345');
    });
    expect(await readBodyWithin(body, 12)).toBeNull();
    expect(pulled).toBeLessThan(6);
    const declared = new Request('http://web.test', {
      method: 'POST',
      body: '1',
      headers: { 'content-length': '13' },
    });
    expect(await readBodyWithin(declared, 12)).toBeNull();
  });

  it('takes hardly more memory than it is long, also byte by byte', async () => {
    const bytes = 500_000;
    const source = Buffer.alloc(1, 'a');
    let before = 0;
    let grown = 0;
    const request = sent((at) => {
      if (at === 0) before = held();
      if (at === bytes) grown = held() - before;
      return at < bytes ? source.subarray() : undefined;
    });
    expect(await readBodyWithin(request, bytes)).toHaveLength(bytes);
    expect(grown).toBeLessThan(10 * bytes);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function held(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
