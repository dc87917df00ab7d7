import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readBodyBytes } from './read-body-bytes.ts';

const limits = { bytesMax: 2_000_000, timeoutMs: 20_000 };
const request = new Request('http://127.0.0.1/', { method: 'POST', body: 'x' });
const mebibyte = 1024 * 1024;

/** As a chunked body comes from the connection: views of what was read at once. */
function byteByByte(bytes: number): Readable {
  const received = Buffer.alloc(10_000, 'x');
  let sent = 0;
  return new Readable({
    read() {
      for (let at = 0; at < received.length && sent < bytes; at++, sent++)
        this.push(received.subarray(at, at + 1));
      if (sent === bytes) this.push(null);
    },
  });
}

it('keeps a body that comes byte by byte in as much memory as it is long', async () => {
  const bytes = 1_000_000;
  const before = process.memoryUsage().heapUsed;
  let read = 0;
  let after = 0;
  const onBytes = (more: number) => {
    read += more;
    if (read === bytes) after = process.memoryUsage().heapUsed;
  };
  const body = await readBodyBytes({ request, incoming: byteByByte(bytes) }, { limits, onBytes });
  expect(Buffer.compare(body, Buffer.alloc(bytes, 'x'))).toBe(0);
  expect((after - before) / mebibyte).toBeLessThan(64);
});

it('refuses a body of one byte too many, whole or in pieces, and keeps nothing after', async () => {
  const tooLarge = expect.objectContaining({ code: 'payload_too_large' });
  const incoming = byteByByte(limits.bytesMax + 1);
  await expect(readBodyBytes({ request, incoming }, { limits })).rejects.toEqual(tooLarge);
  const whole = Readable.from([Buffer.alloc(limits.bytesMax + 1)]);
  await expect(readBodyBytes({ request, incoming: whole }, { limits })).rejects.toEqual(tooLarge);
  expect(incoming.listenerCount('data')).toBe(0);
});
