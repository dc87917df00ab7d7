import { expect, it } from 'vitest';
import { createTextOffsets, toCompletionLogprobs } from './completion-logprobs.ts';

const token = (...bytes: readonly number[]) => ({
  id: 1,
  token: Buffer.from(bytes).toString(),
  bytes,
  logprob: -1,
  alternatives: [],
});

it('counts characters of the text, not those that stand for halves of one', () => {
  const halves = [token(0x20, 0xf0, 0x9f), token(0x98), token(0x80), token(0x61), token(0xc3), token(0xa4)];
  const { text_offset } = toCompletionLogprobs(halves, createTextOffsets()) ?? {};
  expect(text_offset).toEqual([0, 1, 1, 3, 4, 4]);
});

it('counts alike in pieces, also of tokens whose text is held back', () => {
  const offsetOf = createTextOffsets();
  const inPieces = [[token(0x61)], null, [token(0x62, 0x63), token(0x64)]].flatMap(
    (piece) => toCompletionLogprobs(piece, offsetOf)?.text_offset ?? [],
  );
  expect(inPieces).toEqual([0, 1, 3]);
});
