import type { ImageRefused } from './model-runtime.ts';

/** The types that are decoded. */
export const IMAGE_TYPES = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

/** As much of a text as is looked at for the tag that makes it an SVG. */
const SVG_PROLOGUE_BYTES = 4096;

/** First bytes of pictures that are recognised and refused. */
const OTHER_PICTURES: readonly string[] = [
  'BM', // BMP
  'II*\0', // TIFF
  'MM\0*',
  'II+\0', // BigTIFF
  'MM\0+',
  '\0\0\x01\0', // ICO
  '8BPS', // Photoshop
  'qoif',
  '\xff\x0a', // JPEG XL, bare and in a container
  '\0\0\0\x0cJXL ',
  '\0\0\0\x0cjP  ', // JPEG 2000
  '#?RADIANCE',
  'v/1\x01', // OpenEXR
  'SIMPLE  =', // FITS
];

/**
 * The type that a picture's first bytes say, whatever its name or its sender says. It is decided here, before any
 * decoder sees the picture, so that only the decoder of that type ever does.
 */
export function sniffImage(bytes: Uint8Array): ImageType | ImageRefused {
  const start = latin1(bytes, 0, 16);
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'gif';
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'webp';
  if (start.slice(4, 8) === 'ftyp') return sniffMedia(bytes);
  const known = OTHER_PICTURES.some((magic) => start.startsWith(magic)) || isSvg(bytes);
  return { refused: 'image_unreadable', reason: known ? 'unsupported_type' : 'not_an_image' };
}

/** ISO 14496-12: a box of brands, the first one the file's own. HEIC shares the container, not the decoder. */
function sniffMedia(bytes: Uint8Array): ImageType | ImageRefused {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const box = latin1(bytes, 8, Math.min(size, 256));
  const brands = [box.slice(0, 4), ...(box.slice(8).match(/[^]{4}/g) ?? [])];
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  const isPicture = brands.some((brand) => /^(hei|hev|mif1|msf1)/.test(brand));
  return { refused: 'image_unreadable', reason: isPicture ? 'unsupported_type' : 'not_an_image' };
}

function isSvg(bytes: Uint8Array): boolean {
  const utf16 = bytes[0] === 0xff || bytes[0] === 0xfe;
  const text = latin1(bytes, 0, SVG_PROLOGUE_BYTES);
  const readable = utf16 ? text.replaceAll('\0', '') : text;
  return /^[\s\xef\xbb\xbf\xfe\xff]*</.test(readable) && /<(\w+:)?svg[\s>]/i.test(readable);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
