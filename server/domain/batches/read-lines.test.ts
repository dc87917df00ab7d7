import { expect, it } from 'vitest';
import { readLines } from './read-lines.ts';

async function linesOf(
  text: string,
  { pieceBytes, bytesMax = 1_000 }: { pieceBytes: number; bytesMax?: number },
) {
  const bytes = Buffer.from(text, 'latin1');
  async function* pieces() {
    for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const found: [number, string | null][] = [];
  for await (const { number, bytes: line } of readLines(pieces(), { bytesMax }))
    found.push([number, line && Buffer.from(line).toString('latin1')]);
  return found;
}

const texts = [
  '',
  '\n',
  '\n\n\n',
  'a',
  'a\n',
  'a\n\nb\n \t\r\n\u00a0\nc',
  '\n\n a \r\n\r\n  \n\nb',
  ' \n \n \n x',
  '\0\n\u0008\n\u000e\nz',
];

it.each([1, 2, 3, 7, 1_000])(
  'counts blank lines and leaves them out, in pieces of %i bytes',
  async (pieceBytes) => {
    for (const text of texts) {
      const wanted = text
        .split('\n')
        .map((line, i): [number, string] => [i + 1, line])
        .filter(([, line]) => line.trim() !== '');
      expect(await linesOf(text, { pieceBytes }), JSON.stringify(text)).toEqual(wanted);
    }
  },
);

it('tells a line that is too long', async () => {
  for (const pieceBytes of [1, 4, 100]) {
    const found = await linesOf('abcd\nabcde\n12\nabcdef', { pieceBytes, bytesMax: 4 });
    expect(found).toEqual([
      [1, 'abcd'],
      [2, null],
      [3, '12'],
      [4, null],
    ]);
  }
});
