import type { Metadata } from 'sharp';

/** More than this is not decoded: a gateway decodes one picture a core at the same time. */
export const HELD_BYTES_MAX = 300_000_000;

/** Of each pixel of a WebP that is turned: as it is decoded, and as it is kept to be turned. */
const TURNED_WEBP_BYTES = 8;

type Header = Pick<
  Metadata,
  'format' | 'width' | 'height' | 'channels' | 'depth' | 'isProgressive' | 'orientation'
>;

/**
 * What decoding a picture keeps in memory at once, by its header; that of an AVIF is in `avif-held-bytes.ts`. Most are
 * read row by row; not one that is stored in passes, each of which covers all of it, nor one whose last rows may have to
 * come first.
 */
export function heldBytes(header: Header): number {
  return header.width * header.height * bytesOfPixel(header);
}

function bytesOfPixel({ format, channels, depth, isProgressive, orientation = 1 }: Header): number {
  const isTurned = orientation > 1;
  if (format === 'webp') return isTurned ? TURNED_WEBP_BYTES : 0;
  const pixel = channels * (depth === 'ushort' ? 2 : 1);
  // Of a JPEG in passes the coefficients are kept, 16 bits each.
  const inPasses = format === 'jpeg' ? 2 * channels : pixel;
  return (isProgressive ? inPasses : 0) + (isTurned ? pixel : 0);
}
