import { describe, expect, it } from 'vitest';
import { sniffImage } from './sniff-image.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('sniffImage', () => {
  it.each([
    ['jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['gif', 'GIF87a'],
    ['gif', 'GIF89a'],
    ['webp', 'RIFF\x10\0\0\0WEBPVP8 '],
    ['avif', '\0\0\0\x20ftypavif\0\0\0\0avifmif1'],
    ['avif', '\0\0\0\x1cftypmif1\0\0\0\0mif1avif'],
  ])('knows a %s', (type, start) => {
    expect(sniffImage(bytes(start))).toBe(type);
  });

  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://example.com/a.png"/></svg>'],
    ['an SVG behind a prologue', '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><svg\n width="9">'],
    ['an SVG in UTF-16', '\xff\xfe<\0s\0v\0g\0 \0'],
    ['a TIFF', 'II*\0\x08\0\0\0'],
    ['a BMP', 'BM\x36\0\0\0'],
    ['a HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
  ])('refuses %s as a picture of another type', (_, start) => {
    expect(sniffImage(bytes(start))).toEqual({ refused: 'image_unreadable', reason: 'unsupported_type' });
  });

  it.each([
    ['nothing', ''],
    ['one byte', '\xff'],
    ['a ZIP', 'PK\x03\x04\x14\0'],
    ['a page', '<!doctype html><p>svg'],
    ['a film', '\0\0\0\x18ftypisom\0\0\0\0isommp42'],
    ['a sound', 'RIFF\x10\0\0\0WAVEfmt '],
    ['a cut box', '\0\0\0\x18ftyp'],
  ])('refuses %s as no picture', (_, start) => {
    expect(sniffImage(bytes(start))).toEqual({ refused: 'image_unreadable', reason: 'not_an_image' });
  });
});
