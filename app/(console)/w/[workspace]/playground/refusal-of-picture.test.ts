import { expect, it } from 'vitest';
import { refusalOfPicture } from './refusal-of-picture.ts';

const refusal = (code: string) => ({ message: 'No.', code, requestId: null, retryAfterMs: null });
const picture = (name: string) => ({ name, url: `/${name}`, file: null });
const [cat, text] = [picture('cat.jpg'), picture('notes.txt')];
const unreadable = refusal('image_unreadable');

it('says of a picture how it was refused, and of the next one nothing', () => {
  const refused = { tooLarge: null, asked: text, refusal: unreadable };
  expect(refusalOfPicture({ ...refused, chosen: text })).toBe(unreadable);
  expect(refusalOfPicture({ ...refused, chosen: cat })).toBeNull();
});

it('says of one that is too large that it is, whatever was asked before', () => {
  const tooLarge = refusal('payload_too_large');
  expect(refusalOfPicture({ chosen: cat, tooLarge, asked: text, refusal: unreadable })).toBe(tooLarge);
});
