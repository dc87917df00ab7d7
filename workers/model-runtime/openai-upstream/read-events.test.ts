import { expect, it } from 'vitest';
import { readEvents } from './read-events.ts';

async function* piecesOf(...pieces: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function read(pieces: AsyncGenerator<Buffer>): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of readEvents(pieces)) events.push(event);
  return events;
}

it('reads events however they are cut, in the middle of a character too', async () => {
  const bytes = Buffer.from(
    ': hello\r\n\r\nevent: x\ndata: {"a":"é🌊"}\r\n\r\ndata:{"b":1}\n\ndata: [DONE]\n\n',
  );
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(await read(piecesOf(...pieces))).toEqual([{ a: 'é🌊' }, { b: 1 }]);
  }
});

it('takes an end whose line has none', async () => {
  expect(await read(piecesOf('data: {"a":1}\n\nda', 'ta: [DONE]'))).toEqual([{ a: 1 }]);
});

it('drops what comes after the end', async () => {
  expect(await read(piecesOf('data: {"a":1}\n\ndata: [DONE]\n\ndata: {"b":1}\n\n', 'more'))).toEqual([
    { a: 1 },
  ]);
});

it.each([
  ['ends before its end', ['data: {"a":1}\n\n'], 'ended before its end'],
  ['is cut in an event', ['data: {"a":'], 'ended before its end'],
  ['is not JSON', ['data: {"a":\n\n'], 'is not JSON'],
  ['has an endless line', ['data: "', 'x'.repeat(600_000), 'x'.repeat(600_000)], 'characters'],
])('refuses a stream that %s', async (_, pieces, sentence) => {
  await expect(read(piecesOf(...pieces))).rejects.toThrow(sentence);
});
