import { describe, expect, it } from 'vitest';
import { formParts } from './multipart.ts';

const type = 'multipart/form-data; boundary=frontier';
const parts = (body: string | Uint8Array, contentType = type) =>
  [...formParts(typeof body === 'string' ? Buffer.from(body, 'latin1') : body, contentType)].map((part) => ({
    name: part.name,
    bytes: Buffer.from(part.bytes).toString('latin1'),
  }));
const part = (disposition: string, content = 'x', more = '') =>
  `--frontier\r\nContent-Disposition: ${disposition}\r\n${more}\r\n${content}\r\n`;
const end = '--frontier--\r\n';

describe('formParts', () => {
  it('reads what a browser or fetch writes', async () => {
    const form = new FormData();
    form.append('image', new Blob([new Uint8Array([0, 13, 10, 45, 45, 255])]), 'ca"t\r\n.jpg');
    form.append('top_k', '3');
    const { headers, body } = new Response(form);
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    expect(parts(bytes, headers.get('content-type') ?? '')).toEqual([
      { name: 'image', bytes: '\x00\r\n--\xff' },
      { name: 'top_k', bytes: '3' },
    ]);
  });

  it.each([
    ['without a file name', 'form-data; name="image"'],
    ['with a file name first', 'form-data; filename="a; name=\\"no\\".jpg"; name="image"'],
    ['without quotes', 'form-data; name=image; filename=cat.jpg'],
    ['in capitals', 'FORM-DATA; NAME="image"'],
    ['with a file name in UTF-8', 'form-data; name="image"; filename="bücher.jpg"'],
    ['with an extended file name', 'form-data; name="image"; filename*=UTF-8\'\'b%C3%BCcher.jpg'],
  ])('takes the name of a part %s', (_name, disposition) => {
    expect(parts(part(disposition) + end)).toEqual([{ name: 'image', bytes: 'x' }]);
  });

  it('keeps every byte of a part, an empty one and one of line ends too', () => {
    const contents = ['', '\r\n', '--', '\r\n--', '\r\n--front', '\0\xff'];
    const body = contents.map((content) => part('form-data; name="a"', content)).join('') + end;
    expect(parts(body).map(({ bytes }) => bytes)).toEqual(contents);
  });

  it('takes other headers, a preamble, an epilogue, blanks after a boundary and a quoted boundary', () => {
    const body = `preamble\r\n${part('form-data; name="a"', 'x', 'Content-Type: image/jpeg\r\n')}${end}epilogue`;
    expect(parts(body)).toHaveLength(1);
    expect(parts(body.replace('frontier\r\n', 'frontier \t\r\n'))).toHaveLength(1);
    expect(parts(body, 'multipart/form-data; charset=utf-8; boundary="frontier"')).toHaveLength(1);
    expect(parts(end)).toEqual([]);
  });

  it.each([
    [
      'no boundary in the header',
      part('form-data; name="a"') + end,
      'multipart/form-data',
      'has no boundary',
    ],
    ['another boundary', part('form-data; name="a"') + end, 'multipart/form-data; boundary=b', 'cut short'],
    ['nothing', '', type, 'cut short'],
    ['no last boundary', part('form-data; name="a"'), type, 'cut short'],
    ['an end in the headers', '--frontier\r\nContent-Disposition: form-data; na', type, 'cut short'],
    ['an end in the boundary', '--fron', type, 'cut short'],
    ['a boundary with more after it', `--frontierland\r\n\r\nx\r\n${end}`, type, 'cut short'],
    [
      'endless headers',
      part('form-data; name="a"', 'x', `x: ${'a'.repeat(9_000)}\r\n`) + end,
      type,
      'at most 8192 bytes',
    ],
    ['a part without headers', `--frontier\r\n\r\nx\r\n${end}`, type, 'no name'],
    ['a part without a name', part('form-data; filename="a.jpg"') + end, type, 'no name'],
    ['a part whose name is empty', part('form-data; name=""') + end, type, 'no name'],
    ['another disposition', part('attachment; name="a"') + end, type, 'no name'],
    [
      'an encoded part',
      part('form-data; name="a"', 'eA==', 'Content-Transfer-Encoding: base64\r\n') + end,
      type,
      'not encoded',
    ],
  ])('refuses %s', (_name, body, contentType, message) => {
    expect(() => parts(body, contentType)).toThrow(message);
  });

  it('reads no part before it is asked for it', () => {
    const reading = formParts(Buffer.from(`${part('form-data; name="a"')}--frontier\r\nbroken`), type);
    expect(reading.next().value).toMatchObject({ name: 'a' });
    expect(() => reading.next()).toThrow('cut short');
  });
});
